using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Sqlite;

/// <summary>Brings credentials and flows of virtual keys in step with the grants, inside the transaction of the change that made it necessary.</summary>
internal static class Reconciliation
{
    private const string Reason = "not_granted";

    public static ReconcileResult OfKey(PreparedConnection connection, string keyId, AuditEvent audit, DateTimeOffset now) =>
        Run(connection, ReconcileConditions.OfOneKey, ("@key", keyId), audit, now);

    public static ReconcileResult OfResource(PreparedConnection connection, string resource, AuditEvent audit, DateTimeOffset now) =>
        Run(connection, ReconcileConditions.OfOneResource, ("@resource", resource), audit, now);

    public static ReconcileResult OfAll(PreparedConnection connection, AuditEvent audit, DateTimeOffset now) =>
        Run(connection, ReconcileConditions.OfAll, ("@all", null), audit, now);

    /// <summary>Whether there is somebody to hold a credential: a virtual key may have been deleted meanwhile.</summary>
    public static bool MayHold(PreparedConnection connection, CredentialOwner owner) =>
        owner.Kind != CredentialOwnerKind.VirtualKey || connection.Any("SELECT 1 FROM virtual_keys WHERE id = $id", ("$id", owner.Id));

    /// <summary>Whether a credential may be connected now: one for a virtual key only while the key can be used and a grant gives it the provider.</summary>
    public static bool MayConnect(PreparedConnection connection, StoredCredential credential, DateTimeOffset now) =>
        credential.VirtualKeyId is not { } key
        || connection.Any(ReconcileConditions.EntitledKey, ("@key", key), ("@provider", credential.Key.Provider), ("@now", now));

    /// <summary>Asks the grants again when a credential was written: they may have changed since its flow or refresh began.</summary>
    public static void AfterPut(PreparedConnection connection, StoredCredential credential)
    {
        if (credential.Key.Owner is { Kind: CredentialOwnerKind.VirtualKey } owner)
        {
            OfKey(connection, owner.Id, CredentialEvents.System(credential), credential.UpdatedAt);
        }
    }

    private static ReconcileResult Run(PreparedConnection connection, string which, (string, object?) parameter, AuditEvent audit, DateTimeOffset now)
    {
        RecordCredentials(connection, $"{ReconcileConditions.ToOrphan} AND {which}", parameter, audit with { Action = AuditActions.CredentialOrphaned, Reason = Reason });
        var orphaned = connection.Execute(
            $"UPDATE credentials SET status = 'orphaned', status_reason = $reason, updated_at = $now WHERE {ReconcileConditions.ToOrphan} AND {which}",
            parameter,
            ("$reason", Reason),
            ("$now", now));
        RecordCredentials(connection, $"{ReconcileConditions.ToRestore} AND {which}", parameter, audit with { Action = AuditActions.CredentialRestored, Reason = null });
        var restored = connection.Execute(
            $"UPDATE credentials SET status = 'active', status_reason = NULL, updated_at = $now WHERE {ReconcileConditions.ToRestore} AND {which}",
            parameter,
            ("$now", now));
        var flows = connection.Execute($"DELETE FROM connection_flows WHERE {ReconcileConditions.FlowsToDelete} AND {which}", parameter);
        return new ReconcileResult(orphaned, restored, flows);
    }

    private static void RecordCredentials(PreparedConnection connection, string condition, (string, object?) parameter, AuditEvent audit) => connection.Execute(
        $"""
        INSERT INTO audit_events ({AuditColumns.All})
        SELECT $at, $action, $actor, 'credential:vk:' || owner_id || '@' || provider, $reason, $remote_address, $request_id FROM credentials WHERE {condition}
        """,
        parameter,
        ("$at", audit.At),
        ("$action", audit.Action),
        ("$actor", audit.Actor),
        ("$reason", audit.Reason),
        ("$remote_address", audit.RemoteAddress),
        ("$request_id", audit.RequestId));
}
