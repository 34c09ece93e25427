using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteSessionDirectory(SqliteDatabase database, RevocationSubscribers subscribers) : ISessionDirectory
{
    public async Task<IReadOnlyList<SessionListing>> ListAsync(SessionQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return await database.ReadAsync(connection => SessionPages.Read(connection, query, now), cancellationToken);
    }

    public Task<SessionListing?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle(
                $"{SessionListingColumns.Select} FROM sessions AS listed {SessionListingColumns.Names} WHERE listed.id = $id",
                SessionListingColumns.Read,
                ("$id", id)),
            cancellationToken);

    public Task<int> CountAsync(SessionSelector selector, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => (int)connection.Scalar(
                $"SELECT count(*) FROM sessions WHERE {Selected(selector)}",
                ("$kind", Kind(selector)),
                ("$of_kind", selector.Subject?.KindName),
                ("$of_id", selector.Subject?.Id),
                ("$client", selector.ClientId),
                ("$resource", selector.Resource)),
            cancellationToken);

    public async Task<IReadOnlyList<SessionId>> RevokeAsync(
        SessionSelector selector, string reason, DateTimeOffset entriesExpireAt, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var revoked = await database.WriteAsync(
            connection =>
            {
                var ids = connection.Query(
                    $"UPDATE sessions SET revoked_at = $now, revoked_reason = $reason WHERE {Selected(selector)} RETURNING id",
                    row => row.SessionId(0),
                    ("$kind", Kind(selector)),
                    ("$of_kind", selector.Subject?.KindName),
                    ("$of_id", selector.Subject?.Id),
                    ("$client", selector.ClientId),
                    ("$resource", selector.Resource),
                    ("$now", now),
                    ("$reason", reason));
                if (ids.Count > 0)
                {
                    CredentialRelease.OfRevokedSessions(connection, now);
                }

                var list = JsonText.Write([.. ids.Select(id => id.ToString())]);
                RevocationRows.AppendSessions(connection, list, now, entriesExpireAt, reason);
                AuditRows.AppendSessions(connection, list, audit);
                return ids;
            },
            cancellationToken);
        if (revoked.Count > 0)
        {
            subscribers.Signal();
        }

        return revoked;
    }

    public Task<bool> ForgetConsentAsync(SessionId id, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                if (!connection.Any("SELECT 1 FROM sessions WHERE id = $id AND revoked_at IS NULL", ("$id", id)))
                {
                    return false;
                }

                connection.Execute(
                    """
                    DELETE FROM consents WHERE (subject_kind, subject_id, client_id, resource) =
                      (SELECT subject_kind, subject_id, client_id, resource FROM sessions WHERE id = $id)
                    """,
                    ("$id", id));
                AuditRows.Append(connection, audit);
                return true;
            },
            cancellationToken);

    private static string Selected(SessionSelector selector)
    {
        if (selector.IsEmpty)
        {
            throw new ArgumentException("The selector is empty.", nameof(selector));
        }

        return "revoked_at IS NULL"
            + (selector.SubjectKind is null ? "" : " AND subject_kind = $kind")
            + (selector.Subject is null ? "" : " AND subject_kind = $of_kind AND subject_id = $of_id")
            + (selector.ClientId is null ? "" : " AND client_id = $client")
            + (selector.Resource is null ? "" : " AND resource = $resource");
    }

    private static string? Kind(SessionSelector selector) => selector.SubjectKind is { } kind ? StoredWords.SubjectKind.Write(kind) : null;
}
