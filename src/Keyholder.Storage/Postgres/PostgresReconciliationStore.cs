using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresReconciliationStore(PostgresDatabase database) : IReconciliationStore
{
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
}
