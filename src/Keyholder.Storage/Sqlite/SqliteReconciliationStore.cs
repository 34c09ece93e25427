using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteReconciliationStore(SqliteDatabase database, RevocationSubscribers subscribers) : IReconciliationStore
{
    public async Task<ReconcileResult> MirrorAsync(ResourceMirror mirror, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var result = await database.WriteAsync(connection => Mirror(connection, mirror, audit, now), cancellationToken);
        if (result is not null)
        {
            subscribers.Signal();
        }

        return result ?? default;
    }

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

    /// <summary>Null when everything was known.</summary>
    private static ReconcileResult? Mirror(PreparedConnection connection, ResourceMirror mirror, AuditEvent audit, DateTimeOffset now)
    {
        var providers = connection.Query("SELECT resource, provider FROM resource_providers ORDER BY resource, provider", row => (row.GetString(0), row.GetString(1)));
        var toAll = connection.Query("SELECT resource FROM grants_to_all WHERE configured ORDER BY resource", row => row.GetString(0));
        if (providers.SequenceEqual(mirror.Providers) && toAll.SequenceEqual(mirror.GrantedToAll))
        {
            return null;
        }

        connection.Execute("DELETE FROM resource_providers");
        connection.Execute("DELETE FROM grants_to_all WHERE configured");
        connection.Execute(
            "INSERT INTO resource_providers (resource, provider) SELECT resources.value, providers.value FROM json_each($resources) AS resources JOIN json_each($providers) AS providers USING (key)",
            ("$resources", JsonText.Write([.. mirror.Providers.Select(pair => pair.Resource)])),
            ("$providers", JsonText.Write([.. mirror.Providers.Select(pair => pair.Provider)])));
        connection.Execute("INSERT INTO grants_to_all (resource, configured) SELECT value, 1 FROM json_each($resources)", ("$resources", JsonText.Write(mirror.GrantedToAll)));
        if (connection.Any("SELECT 1 FROM virtual_keys LIMIT 1"))
        {
            RevocationRows.AppendNotice(connection, RevocationNotice.Of(new(RevocationTargetKind.All, ""), now));
        }

        return Reconciliation.OfAll(connection, audit, now);
    }
}
