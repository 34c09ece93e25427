using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteReconciliationStore(SqliteDatabase database) : IReconciliationStore
{
    public Task<ReconcileResult> ReconcileAsync(string keyId, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => Reconciliation.OfKey(connection, keyId, audit, now), cancellationToken);

    public Task<ReconcileResult> ReconcileResourceAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => Reconciliation.OfResource(connection, resource, audit, now), cancellationToken);

    public Task<ReconcileResult> ReconcileAllAsync(AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => Reconciliation.OfAll(connection, audit, now), cancellationToken);

    public async Task<IReadOnlyList<PlannedChange>> PlanAsync(int limit, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            connection => connection.Query(
                ReconcileConditions.Plan,
                row => new PlannedChange((PlannedChangeKind)row.GetInt32(0), row.GetString(1), row.GetString(2)),
                ("@limit", limit)),
            cancellationToken);
}
