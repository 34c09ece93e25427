using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;
using Keyholder.Vault;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresCredentialDirectory(PostgresDatabase database) : ICredentialDirectory
{
    public async Task<IReadOnlyList<CredentialListing>> ListAsync(CredentialQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);

        // ASCII letters only, whatever the database's own idea of upper and lower case.
        return await database.ReadAsync(
            statements => statements.QueryAsync(
                CredentialListingColumns.Page(
                    query,
                    CredentialRefusalRows.Columns,
                    column => $"""lower({column} COLLATE "C") LIKE lower(@pattern COLLATE "C") ESCAPE '\' """,
                    list => $"SELECT jsonb_array_elements_text({list}::jsonb)"),
                CredentialListingColumns.Read,
                [
                    .. CredentialListingColumns.Values(query).Select(value => (value.Name, (PostgresValue)value.Value)),
                    ("after_at", query.After?.CreatedAt),
                    ("after_id", query.After?.IdBytes),
                    ("limit", (long)query.Limit),
                    ("now", now),
                ]),
            cancellationToken);
    }

    public Task<CredentialListing?> FindAsync(byte[] rowId, DateTimeOffset now, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.QuerySingleAsync($"{CredentialListingColumns.Select(CredentialRefusalRows.Columns)} WHERE row_id = @row", CredentialListingColumns.Read, ("row", rowId), ("now", now)),
        cancellationToken);

    public Task<bool> DeleteAsync(StoredCredential credential, AuditEvent audit, DateTimeOffset now) => database.WriteAsync(
        async statements =>
        {
            if (await CredentialRelease.OfDeletedRowAsync(statements, credential.RowId, now) == 0)
            {
                return false;
            }

            await AuditRows.AppendAsync(statements, audit);
            await RevocationRows.AppendNoticeAsync(statements, RevocationNotice.Of(CredentialNotice.TargetOf(credential.Key.Owner), now));
            return true;
        },
        CancellationToken.None);
}
