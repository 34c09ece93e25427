using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Upstream.Revocation;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteUpstreamRevocationStore(SqliteDatabase database) : IUpstreamRevocationStore
{
    private const string Latest = "id = @id AND status = 'pending' AND attempts = @attempts";

    public async Task<IReadOnlyList<ClaimedUpstreamRevocation>> ClaimAsync(int limit, DateTimeOffset until, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(until, now);

        // Asked again and again, mostly for nothing: only who finds something writes.
        return await database.ReadAsync(
            connection => connection.Any("SELECT 1 FROM upstream_revocations WHERE status = 'pending' AND due_at <= @now", ("@now", now)), cancellationToken)
            ? await database.WriteAsync(
                connection => connection.Query(
                    $"""
                    UPDATE upstream_revocations SET attempts = attempts + 1, due_at = @until
                    WHERE id IN (SELECT id FROM upstream_revocations WHERE status = 'pending' AND due_at <= @now ORDER BY due_at LIMIT @limit)
                    RETURNING {UpstreamRevocationColumns.Claimed}
                    """,
                    UpstreamRevocationColumns.ReadClaimed,
                    ("@now", now),
                    ("@until", until),
                    ("@limit", limit)),
                cancellationToken)
            : [];
    }

    public Task<bool> FinishAsync(UpstreamRevocation revocation, UpstreamRevocationStatus status, string reason, AuditEvent audit, DateTimeOffset now) => database.WriteAsync(
        connection =>
        {
            var finished = connection.Execute(
                $"UPDATE upstream_revocations SET status = @status, reason = @reason, envelope = NULL, finished_at = @now WHERE {Latest}",
                ("@id", revocation.Id),
                ("@attempts", revocation.Attempts),
                ("@status", StoredWords.UpstreamRevocationStatus.Write(status)),
                ("@reason", reason),
                ("@now", now)) == 1;
            if (finished)
            {
                AuditRows.Append(connection, audit);
            }

            return finished;
        },
        CancellationToken.None);

    public Task<bool> DeferAsync(UpstreamRevocation revocation, string reason, DateTimeOffset dueAt) => database.WriteAsync(
        connection => connection.Execute(
            $"UPDATE upstream_revocations SET reason = @reason, due_at = @due_at WHERE {Latest}",
            ("@id", revocation.Id),
            ("@attempts", revocation.Attempts),
            ("@reason", reason),
            ("@due_at", dueAt)) == 1,
        CancellationToken.None);

    public async Task<IReadOnlyList<UpstreamRevocation>> ListAsync(UpstreamRevocationQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return await database.ReadAsync(
            connection => connection.Query(
                $"""
                SELECT {UpstreamRevocationColumns.All} FROM upstream_revocations
                WHERE {UpstreamRevocationColumns.Filters(query)} ORDER BY created_at DESC, id DESC LIMIT @limit
                """,
                UpstreamRevocationColumns.Read,
                ("@status", query.Status is { } status ? StoredWords.UpstreamRevocationStatus.Write(status) : null),
                ("@after_at", query.After?.CreatedAt),
                ("@after_id", query.After?.IdBytes),
                ("@limit", query.Limit)),
            cancellationToken);
    }
}
