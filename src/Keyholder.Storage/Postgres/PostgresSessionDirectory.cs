using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresSessionDirectory(PostgresDatabase database) : ISessionDirectory
{
    public async Task<IReadOnlyList<SessionListing>> ListAsync(SessionQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return await database.ReadAsync(statements => SessionPages.ReadAsync(statements, query, now), cancellationToken);
    }

    public Task<SessionListing?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync(
                $"{SessionListingColumns.Select} FROM sessions AS listed {SessionListingColumns.Names} WHERE listed.id = @id",
                SessionListingColumns.Read,
                ("id", id)),
            cancellationToken);

    public async Task<int> CountAsync(SessionSelector selector, CancellationToken cancellationToken) =>
        (int)await database.ReadAsync(
            statements => statements.ScalarAsync($"SELECT count(*) FROM sessions WHERE {Selected(selector)}", Parameters(selector)),
            cancellationToken);

    public async Task<IReadOnlyList<SessionId>> RevokeAsync(
        SessionSelector selector, string reason, DateTimeOffset entriesExpireAt, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            async statements =>
            {
                // In id order first, as group commits take rows, so that neither waits for the other in a circle.
                await statements.AnyAsync(
                    $"SELECT count(*) FROM (SELECT 1 FROM sessions WHERE {Selected(selector)} ORDER BY id FOR UPDATE) AS locked", Parameters(selector));
                var ids = await statements.QueryAsync(
                    $"UPDATE sessions SET revoked_at = @now, revoked_reason = @reason WHERE {Selected(selector)} RETURNING id",
                    row => row.SessionId(0),
                    [.. Parameters(selector), ("now", now), ("reason", reason)]);
                if (ids.Count > 0)
                {
                    var list = JsonText.Write([.. ids.Select(id => id.ToString())]);
                    await CredentialRelease.OfRevokedSessionsAsync(statements, now);
                    await AuditRows.AppendSessionsAsync(statements, list, audit);
                    await RevocationRows.AppendSessionsAsync(statements, list, now, entriesExpireAt, reason);
                }

                return ids;
            },
            cancellationToken);

    public Task<bool> ForgetConsentAsync(SessionId id, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var session = await statements.QuerySingleAsync(
                    $"SELECT {SessionColumns.All} FROM sessions WHERE id = @id AND revoked_at IS NULL", SessionColumns.Read, ("id", id));
                if (session is null)
                {
                    return false;
                }

                await ConsentRows.ForgetAsync(statements, session.Subject, session.ClientId, session.Resource);
                await AuditRows.AppendAsync(statements, audit);
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
            + (selector.SubjectKind is null ? "" : " AND subject_kind = @kind")
            + (selector.Subject is null ? "" : " AND subject_kind = @of_kind AND subject_id = @of_id")
            + (selector.ClientId is null ? "" : " AND client_id = @client")
            + (selector.Resource is null ? "" : " AND resource = @resource");
    }

    private static (string Name, PostgresValue Value)[] Parameters(SessionSelector selector) =>
    [
        ("kind", selector.SubjectKind is { } kind ? StoredWords.SubjectKind.Write(kind) : null),
        ("of_kind", selector.Subject?.KindName),
        ("of_id", selector.Subject?.Id),
        ("client", selector.ClientId),
        ("resource", selector.Resource),
    ];
}
