using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteGrantStore(SqliteDatabase database, RevocationSubscribers subscribers) : IGrantStore
{
    public Task<VirtualKeyAccess?> FindAccessAsync(string keyId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => GrantColumns.Collect(connection.Query(GrantColumns.SelectAccess, GrantColumns.Read, ("@id", keyId))), cancellationToken);

    public Task<GrantWriteOutcome> PutAsync(string keyId, Grant grant, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(
            connection =>
            {
                if (FindProblem(connection, keyId) is { } problem)
                {
                    return problem;
                }

                var changed = connection.Execute(
                    """
                    INSERT INTO virtual_key_grants (key_id, resource, tools, granted_at) VALUES ($key_id, $resource, $tools, $now)
                    ON CONFLICT (key_id, resource) DO UPDATE SET tools = excluded.tools, granted_at = excluded.granted_at WHERE tools IS NOT excluded.tools
                    """,
                    ("$key_id", keyId),
                    ("$resource", grant.Resource),
                    ("$tools", grant.Tools is { } tools ? JsonText.Write(tools) : null),
                    ("$now", now));
                return changed == 0 ? GrantWriteOutcome.Unchanged : OfKey(connection, keyId, audit, now);
            },
            cancellationToken);

    public Task<GrantWriteOutcome> RemoveAsync(string keyId, string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(
            connection =>
                FindProblem(connection, keyId) is { } problem ? problem
                : connection.Execute("DELETE FROM virtual_key_grants WHERE key_id = $key_id AND resource = $resource", ("$key_id", keyId), ("$resource", resource)) == 0
                    ? GrantWriteOutcome.NotFound
                : OfKey(connection, keyId, audit, now),
            cancellationToken);

    public async Task<IReadOnlyList<GrantToAll>> ListToAllAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            connection => connection.Query(
                "SELECT resource, max(configured) FROM grants_to_all GROUP BY resource ORDER BY resource", row => new GrantToAll(row.GetString(0), row.GetBoolean(1))),
            cancellationToken);

    public Task<GrantWriteOutcome> PutToAllAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(
            connection =>
                connection.Execute("INSERT INTO grants_to_all (resource, configured) VALUES ($resource, 0) ON CONFLICT DO NOTHING", ("$resource", resource)) == 0
                    ? GrantWriteOutcome.Unchanged
                    : OfResource(connection, resource, audit, now),
            cancellationToken);

    public Task<GrantWriteOutcome> RemoveToAllAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(
            connection =>
                connection.Execute("DELETE FROM grants_to_all WHERE resource = $resource AND NOT configured", ("$resource", resource)) == 1
                    ? OfResource(connection, resource, audit, now)
                : connection.Any("SELECT 1 FROM grants_to_all WHERE resource = $resource", ("$resource", resource)) ? GrantWriteOutcome.Configured
                : GrantWriteOutcome.NotFound,
            cancellationToken);

    /// <summary>Why the key's grants cannot be changed, or null.</summary>
    private static GrantWriteOutcome? FindProblem(PreparedConnection connection, string keyId) => VirtualKeyRows.Find(connection, keyId) switch
    {
        null => GrantWriteOutcome.KeyNotFound,
        { Declared: not null } => GrantWriteOutcome.Declared,
        _ => null,
    };

    private static GrantWriteOutcome OfKey(PreparedConnection connection, string keyId, AuditEvent audit, DateTimeOffset now)
    {
        VirtualKeyRows.Announce(connection, audit, keyId, now);
        Reconciliation.OfKey(connection, keyId, audit, now);
        return GrantWriteOutcome.Done;
    }

    private static GrantWriteOutcome OfResource(PreparedConnection connection, string resource, AuditEvent audit, DateTimeOffset now)
    {
        AuditRows.Append(connection, audit);
        RevocationRows.AppendNotice(connection, RevocationNotice.Of(new(RevocationTargetKind.Resource, resource), now));
        Reconciliation.OfResource(connection, resource, audit, now);
        return GrantWriteOutcome.Done;
    }

    private async Task<GrantWriteOutcome> WriteAsync(Func<PreparedConnection, GrantWriteOutcome> transition, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(transition, cancellationToken);
        if (outcome == GrantWriteOutcome.Done)
        {
            subscribers.Signal();
        }

        return outcome;
    }
}
