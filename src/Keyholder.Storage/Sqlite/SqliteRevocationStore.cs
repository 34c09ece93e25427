using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteRevocationStore(SqliteDatabase database, RevocationSubscribers subscribers) : IRevocationStore
{
    public async Task<(IReadOnlyList<RevocationLogEntry> Appended, int Sessions)> AppendAsync(
        RevocationEntry revocation, IReadOnlyList<string> resources, AuditEvent audit, CancellationToken cancellationToken)
    {
        var result = await database.WriteAsync(connection => Append(connection, revocation, resources, audit), cancellationToken);
        subscribers.Signal();
        return result;
    }

    public Task<int> CountSessionsAsync(RevocationEntry revocation, IReadOnlyList<string> resources, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => RevocationReach.Count(connection, RevokedRows.Reaching(revocation), resources), cancellationToken);

    public async Task<(LiftOutcome Outcome, RevocationLogEntry? Lift)> LiftAsync(long id, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var result = await database.WriteAsync(connection => Lift(connection, id, audit, now), cancellationToken);
        if (result.Lift is not null)
        {
            subscribers.Signal();
        }

        return result;
    }

    public async Task<IReadOnlyList<RevocationLogEntry>> ListAsync(long? before, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await database.ReadAsync(
            connection => connection.Query(
                $"""
                SELECT {RevocationColumns.All} FROM revocations
                WHERE sequence < $before AND expires_at > $now AND lifts IS NULL AND lifted_at IS NULL AND NOT notice
                ORDER BY sequence DESC LIMIT $limit
                """,
                RevocationColumns.Read,
                ("$before", before ?? long.MaxValue),
                ("$now", now),
                ("$limit", limit)),
            cancellationToken);
    }

    public async Task<IReadOnlyList<RevocationLogEntry>> ReadAfterAsync(long sequence, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            connection => connection.Query(
                $"""
                SELECT {RevocationColumns.All} FROM revocations
                WHERE sequence > $sequence AND expires_at > $now AND lifted_at IS NULL ORDER BY sequence
                """,
                RevocationColumns.Read,
                ("$sequence", sequence),
                ("$now", now)),
            cancellationToken);

    private static (IReadOnlyList<RevocationLogEntry>, int) Append(
        PreparedConnection connection, RevocationEntry revocation, IReadOnlyList<string> resources, AuditEvent audit)
    {
        var appended = new List<RevocationLogEntry> { RevocationRows.Append(connection, revocation) };
        AuditRows.Append(connection, audit);
        if (revocation.IsQuarantine)
        {
            return (appended, RevocationReach.Count(connection, revocation, resources));
        }

        foreach (var session in RevokedRows.ComparesIssue(revocation.Target) ? RevocationReach.InUse(connection, revocation, resources) : [])
        {
            appended.Add(RevocationRows.Append(connection, revocation with { Target = new(RevocationTargetKind.Session, session.ToString()) }));
        }

        var revoked = RevocationReach.Revoke(connection, revocation, resources);
        if (RevokedRows.KeyOfSecret(revocation.Target) is { } secretOf)
        {
            var ended = VirtualKeySessions.End(connection, secretOf, revocation.CutOff);
            return ([.. appended, .. ended], ended.Count);
        }

        return (appended, revoked);
    }

    private static (LiftOutcome Outcome, RevocationLogEntry? Lift) Lift(PreparedConnection connection, long id, AuditEvent audit, DateTimeOffset now)
    {
        var found = connection.QuerySingle(
            $"SELECT {RevocationColumns.All} FROM revocations WHERE sequence = $id AND expires_at > $now AND lifts IS NULL AND lifted_at IS NULL AND NOT notice",
            RevocationColumns.Read,
            ("$id", id),
            ("$now", now));
        if (found is null || !found.Revocation.IsQuarantine)
        {
            return (found is null ? LiftOutcome.NotFound : LiftOutcome.Permanent, null);
        }

        connection.Execute("UPDATE revocations SET lifted_at = $now WHERE sequence = $id", ("$id", id), ("$now", now));
        AuditRows.Append(connection, audit);

        // As long-lived as what it lifts: a node that was cut off for days still has to learn of it.
        return (LiftOutcome.Lifted, RevocationRows.Append(connection, found.Revocation, lifts: id));
    }
}
