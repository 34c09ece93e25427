using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresRevocationStore(PostgresDatabase database) : IRevocationStore
{
    public Task<(IReadOnlyList<RevocationLogEntry> Appended, int Sessions)> AppendAsync(
        RevocationEntry revocation, IReadOnlyList<string> resources, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(statements => AppendAsync(statements, revocation, resources, audit), cancellationToken);

    public Task<int> CountSessionsAsync(RevocationEntry revocation, IReadOnlyList<string> resources, CancellationToken cancellationToken) =>
        database.ReadAsync(statements => RevocationReach.CountAsync(statements, RevokedRows.Reaching(revocation), resources), cancellationToken);

    public Task<(LiftOutcome Outcome, RevocationLogEntry? Lift)> LiftAsync(long id, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(statements => LiftAsync(statements, id, audit, now), cancellationToken);

    public async Task<IReadOnlyList<RevocationLogEntry>> ListAsync(long? before, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await database.ReadAsync(
            statements => statements.QueryAsync(
                $"""
                SELECT {RevocationColumns.All} FROM revocations
                WHERE sequence < @before AND expires_at > @now AND lifts IS NULL AND lifted_at IS NULL AND NOT notice
                ORDER BY sequence DESC LIMIT @limit
                """,
                RevocationColumns.Read,
                ("before", before ?? long.MaxValue),
                ("now", now),
                ("limit", (long)limit)),
            cancellationToken);
    }

    public async Task<IReadOnlyList<RevocationLogEntry>> ReadAfterAsync(long sequence, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            statements => statements.QueryAsync(
                $"""
                SELECT {RevocationColumns.All} FROM revocations
                WHERE sequence > @sequence AND expires_at > @now AND lifted_at IS NULL ORDER BY sequence
                """,
                RevocationColumns.Read,
                ("sequence", sequence),
                ("now", now)),
            cancellationToken);

    // Rows of sessions first, then the lock of the log: see PostgresLocks.
    private static async Task<(IReadOnlyList<RevocationLogEntry>, int)> AppendAsync(
        PostgresStatements statements, RevocationEntry revocation, IReadOnlyList<string> resources, AuditEvent audit)
    {
        await AuditRows.AppendAsync(statements, audit);
        if (revocation.IsQuarantine)
        {
            var meant = await RevocationReach.CountAsync(statements, revocation, resources);
            return ([await RevocationRows.AppendAsync(statements, revocation)], meant);
        }

        var secretOf = RevokedRows.KeyOfSecret(revocation.Target);
        if (secretOf is not null)
        {
            await VirtualKeySessions.LockAsync(statements, secretOf, revocation.CutOff);
        }

        await RevocationReach.LockAsync(statements, revocation, resources);
        var inUse = RevokedRows.ComparesIssue(revocation.Target) ? await RevocationReach.InUseAsync(statements, revocation, resources) : [];
        var revoked = await RevocationReach.RevokeAsync(statements, revocation, resources);
        var appended = new List<RevocationLogEntry> { await RevocationRows.AppendAsync(statements, revocation) };
        foreach (var session in inUse)
        {
            appended.Add(await RevocationRows.AppendAsync(statements, revocation with { Target = new(RevocationTargetKind.Session, session.ToString()) }));
        }

        if (secretOf is not null)
        {
            var ended = await VirtualKeySessions.EndAsync(statements, secretOf, revocation.CutOff);
            return ([.. appended, .. ended], ended.Count);
        }

        return (appended, revoked);
    }

    private static async Task<(LiftOutcome, RevocationLogEntry?)> LiftAsync(PostgresStatements statements, long id, AuditEvent audit, DateTimeOffset now)
    {
        var found = await statements.QuerySingleAsync(
            $"SELECT {RevocationColumns.All} FROM revocations WHERE sequence = @id AND expires_at > @now AND lifts IS NULL AND lifted_at IS NULL AND NOT notice FOR UPDATE",
            RevocationColumns.Read,
            ("id", id),
            ("now", now));
        if (found is null || !found.Revocation.IsQuarantine)
        {
            return (found is null ? LiftOutcome.NotFound : LiftOutcome.Permanent, null);
        }

        await statements.ExecuteAsync("UPDATE revocations SET lifted_at = @now WHERE sequence = @id", ("id", id), ("now", now));
        await AuditRows.AppendAsync(statements, audit);

        // As long-lived as what it lifts: a node that was cut off for days still has to learn of it.
        return (LiftOutcome.Lifted, await RevocationRows.AppendAsync(statements, found.Revocation, lifts: id));
    }
}
