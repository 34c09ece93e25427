using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresGrantStore(PostgresDatabase database) : IGrantStore
{
    public Task<VirtualKeyAccess?> FindAccessAsync(string keyId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async statements => GrantColumns.Collect(await statements.QueryAsync(GrantColumns.SelectAccess, GrantColumns.Read, ("id", keyId))), cancellationToken);

    public Task<GrantWriteOutcome> PutAsync(string keyId, Grant grant, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                if (await VirtualKeyRows.FindGrantProblemAsync(statements, keyId) is { } problem)
                {
                    return problem;
                }

                var changed = await statements.ExecuteAsync(
                    """
                    INSERT INTO virtual_key_grants (key_id, resource, tools, granted_at) VALUES (@key_id, @resource, @tools, @now)
                    ON CONFLICT (key_id, resource) DO UPDATE SET tools = excluded.tools, granted_at = excluded.granted_at
                    WHERE virtual_key_grants.tools IS DISTINCT FROM excluded.tools
                    """,
                    ("key_id", keyId),
                    ("resource", grant.Resource),
                    ("tools", grant.Tools is { } tools ? JsonText.Write(tools) : null),
                    ("now", now));
                return changed == 0 ? GrantWriteOutcome.Unchanged : await OfKeyAsync(statements, keyId, audit, now);
            },
            cancellationToken);

    public Task<GrantWriteOutcome> RemoveAsync(string keyId, string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
                await VirtualKeyRows.FindGrantProblemAsync(statements, keyId) is { } problem ? problem
                : await statements.ExecuteAsync("DELETE FROM virtual_key_grants WHERE key_id = @key_id AND resource = @resource", ("key_id", keyId), ("resource", resource)) == 0
                    ? GrantWriteOutcome.NotFound
                : await OfKeyAsync(statements, keyId, audit, now),
            cancellationToken);

    public async Task<IReadOnlyList<GrantToAll>> ListToAllAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            statements => statements.QueryAsync(
                "SELECT resource, bool_or(configured) FROM grants_to_all GROUP BY resource ORDER BY resource", row => new GrantToAll(row.GetString(0), row.GetBoolean(1))),
            cancellationToken);

    public Task<GrantWriteOutcome> PutToAllAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.LockAsync(PostgresLocks.Grants);
                return await statements.ExecuteAsync(
                    "INSERT INTO grants_to_all (resource, configured) VALUES (@resource, false) ON CONFLICT DO NOTHING", ("resource", resource)) == 0
                        ? GrantWriteOutcome.Unchanged
                        : await OfResourceAsync(statements, resource, audit, now);
            },
            cancellationToken);

    public Task<GrantWriteOutcome> RemoveToAllAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.LockAsync(PostgresLocks.Grants);
                return await statements.ExecuteAsync("DELETE FROM grants_to_all WHERE resource = @resource AND NOT configured", ("resource", resource)) == 1
                        ? await OfResourceAsync(statements, resource, audit, now)
                    : await statements.AnyAsync("SELECT 1 FROM grants_to_all WHERE resource = @resource", ("resource", resource)) ? GrantWriteOutcome.Configured
                    : GrantWriteOutcome.NotFound;
            },
            cancellationToken);

    private static async Task<GrantWriteOutcome> OfKeyAsync(PostgresStatements statements, string keyId, AuditEvent audit, DateTimeOffset now)
    {
        await Reconciliation.OfKeyAsync(statements, keyId, audit, now);
        await VirtualKeyRows.AnnounceAsync(statements, audit, keyId, now);
        return GrantWriteOutcome.Done;
    }

    private static async Task<GrantWriteOutcome> OfResourceAsync(PostgresStatements statements, string resource, AuditEvent audit, DateTimeOffset now)
    {
        await Reconciliation.OfResourceAsync(statements, resource, audit, now);
        await AuditRows.AppendAsync(statements, audit);
        await RevocationRows.AppendNoticeAsync(statements, RevocationNotice.Of(new(RevocationTargetKind.Resource, resource), now));
        return GrantWriteOutcome.Done;
    }
}
