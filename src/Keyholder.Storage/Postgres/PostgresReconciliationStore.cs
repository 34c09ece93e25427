using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresReconciliationStore(PostgresDatabase database) : IReconciliationStore
{
    public Task<ReconcileResult> MirrorAsync(ResourceMirror mirror, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(statements => MirrorAsync(statements, mirror, audit, now), cancellationToken);

    public Task<ReconcileResult> ReconcileAsync(string keyId, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements => await VirtualKeyRows.LockForGrantsAsync(statements, keyId) ? await Reconciliation.OfKeyAsync(statements, keyId, audit, now) : default,
            cancellationToken);

    public Task<ReconcileResult> ReconcileResourceAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.LockAsync(PostgresLocks.Grants);
                return await Reconciliation.OfResourceAsync(statements, resource, audit, now);
            },
            cancellationToken);

    public Task<ReconcileResult> ReconcileAllAsync(AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.LockAsync(PostgresLocks.Grants);
                return await Reconciliation.OfAllAsync(statements, audit, now);
            },
            cancellationToken);

    public async Task<IReadOnlyList<PlannedChange>> PlanAsync(int limit, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            statements => statements.QueryAsync(
                ReconcileConditions.Plan,
                row => new PlannedChange((PlannedChangeKind)row.GetInt32(0), row.GetString(1), row.GetString(2)),
                ("limit", (long)limit)),
            cancellationToken);

    private static async Task<ReconcileResult> MirrorAsync(PostgresStatements statements, ResourceMirror mirror, AuditEvent audit, DateTimeOffset now)
    {
        await statements.LockAsync(PostgresLocks.Grants);
        var providers = await statements.QueryAsync(
            "SELECT resource, provider FROM resource_providers ORDER BY resource, provider", row => (row.GetString(0), row.GetString(1)));
        var toAll = await statements.QueryAsync("SELECT resource FROM grants_to_all WHERE configured ORDER BY resource", row => row.GetString(0));
        if (providers.SequenceEqual(mirror.Providers) && toAll.SequenceEqual(mirror.GrantedToAll))
        {
            return default;
        }

        await statements.ExecuteAsync("DELETE FROM resource_providers");
        await statements.ExecuteAsync("DELETE FROM grants_to_all WHERE configured");
        await statements.ExecuteAsync(
            """
            INSERT INTO resource_providers (resource, provider)
            SELECT resource, provider FROM ROWS FROM (jsonb_array_elements_text(@resources::jsonb), jsonb_array_elements_text(@providers::jsonb)) AS pairs (resource, provider)
            """,
            ("resources", JsonText.Write([.. mirror.Providers.Select(pair => pair.Resource)])),
            ("providers", JsonText.Write([.. mirror.Providers.Select(pair => pair.Provider)])));
        await statements.ExecuteAsync(
            "INSERT INTO grants_to_all (resource, configured) SELECT jsonb_array_elements_text(@resources::jsonb), true", ("resources", JsonText.Write(mirror.GrantedToAll)));
        var result = await Reconciliation.OfAllAsync(statements, audit, now);
        if (await statements.AnyAsync("SELECT 1 FROM virtual_keys LIMIT 1"))
        {
            await RevocationRows.AppendNoticeAsync(statements, RevocationNotice.Of(new(RevocationTargetKind.All, ""), now));
        }

        return result;
    }
}
