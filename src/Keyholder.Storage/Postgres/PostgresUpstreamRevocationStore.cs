using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Upstream.Revocation;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresUpstreamRevocationStore(PostgresDatabase database) : IUpstreamRevocationStore
{
    private const string Latest = "id = @id AND status = 'pending' AND attempts = @attempts";

    public async Task<IReadOnlyList<ClaimedUpstreamRevocation>> ClaimAsync(int limit, DateTimeOffset until, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(until, now);

        // Asked again and again, mostly for nothing: only who finds something writes.
        return await database.ReadAsync(
            statements => statements.AnyAsync("SELECT 1 FROM upstream_revocations WHERE status = 'pending' AND due_at <= @now", ("now", now)), cancellationToken)
            ? await database.WriteAsync(
                statements => statements.QueryAsync(
                    $"""
                    UPDATE upstream_revocations SET attempts = attempts + 1, due_at = @until
                    WHERE id IN (SELECT id FROM upstream_revocations WHERE status = 'pending' AND due_at <= @now ORDER BY due_at LIMIT @limit FOR UPDATE SKIP LOCKED)
                    RETURNING {UpstreamRevocationColumns.Claimed}
                    """,
                    UpstreamRevocationColumns.ReadClaimed,
                    ("now", now),
                    ("until", until),
                    ("limit", (long)limit)),
                cancellationToken)
            : [];
    }

    public Task<bool> FinishAsync(UpstreamRevocation revocation, UpstreamRevocationStatus status, string reason, AuditEvent audit, DateTimeOffset now) => database.WriteAsync(
        async statements =>
        {
            var finished = await statements.ExecuteAsync(
                $"UPDATE upstream_revocations SET status = @status, reason = @reason, envelope = NULL, finished_at = @now WHERE {Latest}",
                ("id", revocation.Id),
                ("attempts", (long)revocation.Attempts),
                ("status", StoredWords.UpstreamRevocationStatus.Write(status)),
                ("reason", reason),
                ("now", now)) == 1;
            if (finished)
            {
                await AuditRows.AppendAsync(statements, audit);
            }

            return finished;
        },
        CancellationToken.None);

    public Task<bool> DeferAsync(UpstreamRevocation revocation, string reason, DateTimeOffset dueAt) => database.WriteAsync(
        async statements => await statements.ExecuteAsync(
            $"UPDATE upstream_revocations SET reason = @reason, due_at = @due_at WHERE {Latest}",
            ("id", revocation.Id),
            ("attempts", (long)revocation.Attempts),
            ("reason", reason),
            ("due_at", dueAt)) == 1,
        CancellationToken.None);

    public async Task<IReadOnlyList<UpstreamRevocation>> ListAsync(UpstreamRevocationQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return await database.ReadAsync(
            statements => statements.QueryAsync(
                $"""
                SELECT {UpstreamRevocationColumns.All} FROM upstream_revocations
                WHERE {UpstreamRevocationColumns.Filters(query)} ORDER BY created_at DESC, id DESC LIMIT @limit
                """,
                UpstreamRevocationColumns.Read,
                ("status", query.Status is { } status ? StoredWords.UpstreamRevocationStatus.Write(status) : null),
                ("after_at", query.After?.CreatedAt),
                ("after_id", query.After?.IdBytes),
                ("limit", (long)query.Limit)),
            cancellationToken);
    }
}
