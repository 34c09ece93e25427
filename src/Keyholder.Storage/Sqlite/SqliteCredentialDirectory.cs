using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;
using Keyholder.Vault;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteCredentialDirectory(SqliteDatabase database, RevocationSubscribers subscribers) : ICredentialDirectory
{
    public async Task<IReadOnlyList<CredentialListing>> ListAsync(CredentialQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return await database.ReadAsync(
            connection => connection.Query(
                CredentialListingColumns.Page(query, CredentialRefusalRows.Columns, column => $@"{column} LIKE @pattern ESCAPE '\'", list => $"SELECT value FROM json_each({list})"),
                CredentialListingColumns.Read,
                [
                    .. CredentialListingColumns.Values(query).Select(value => ("@" + value.Name, (object?)value.Value)),
                    ("@after_at", query.After?.CreatedAt),
                    ("@after_id", query.After?.IdBytes),
                    ("@limit", query.Limit),
                    ("@now", now),
                ]),
            cancellationToken);
    }

    public Task<CredentialListing?> FindAsync(byte[] rowId, DateTimeOffset now, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingle($"{CredentialListingColumns.Select(CredentialRefusalRows.Columns)} WHERE row_id = @row", CredentialListingColumns.Read, ("@row", rowId), ("@now", now)),
        cancellationToken);

    public async Task<bool> DeleteAsync(StoredCredential credential, AuditEvent audit, DateTimeOffset now)
    {
        var deleted = await database.WriteAsync(
            connection =>
            {
                if (CredentialRelease.OfDeletedRow(connection, credential.RowId, now) == 0)
                {
                    return false;
                }

                AuditRows.Append(connection, audit);
                RevocationRows.AppendNotice(connection, RevocationNotice.Of(CredentialNotice.TargetOf(credential.Key.Owner), now));
                return true;
            },
            CancellationToken.None);
        if (deleted)
        {
            subscribers.Signal();
        }

        return deleted;
    }
}
