using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Postgres;

/// <summary>
/// Brings credentials and flows of virtual keys in step with the grants, inside the transaction of the change that made it necessary. A change of one key takes
/// <see cref="PostgresLocks.Grants"/> shared and then the key's row, any other takes it alone: so no two of them meet in the rows of credentials.
/// </summary>
internal static class Reconciliation
{
    private const string Reason = "not_granted";

    /// <summary>Of one key, which the caller has locked.</summary>
    public static Task<ReconcileResult> OfKeyAsync(PostgresStatements statements, string keyId, AuditEvent audit, DateTimeOffset now) =>
        RunAsync(statements, ReconcileConditions.OfOneKey, ("key", keyId), audit, now);

    /// <summary>Of a resource. The caller has the lock alone.</summary>
    public static Task<ReconcileResult> OfResourceAsync(PostgresStatements statements, string resource, AuditEvent audit, DateTimeOffset now) =>
        RunAsync(statements, ReconcileConditions.OfOneResource, ("resource", resource), audit, now);

    /// <summary>Of every key. The caller has the lock alone.</summary>
    public static Task<ReconcileResult> OfAllAsync(PostgresStatements statements, AuditEvent audit, DateTimeOffset now) =>
        RunAsync(statements, ReconcileConditions.OfAll, ("all", (string?)null), audit, now);

    /// <summary>Whether there is somebody to hold a credential: a virtual key may have been deleted meanwhile. It is locked until the transaction is over.</summary>
    public static async Task<bool> MayHoldAsync(PostgresStatements statements, CredentialOwner owner) =>
        owner.Kind != CredentialOwnerKind.VirtualKey || await VirtualKeyRows.LockForGrantsAsync(statements, owner.Id);

    /// <summary>
    /// Whether a credential may be connected now: one for a virtual key only while the key can be used and a grant gives it the provider. Key and grants stay as they are until the
    /// transaction is over.
    /// </summary>
    public static async Task<bool> MayConnectAsync(PostgresStatements statements, StoredCredential credential, DateTimeOffset now) =>
        credential.VirtualKeyId is not { } key
        || (await VirtualKeyRows.LockForGrantsAsync(statements, key)
            && await statements.AnyAsync(ReconcileConditions.EntitledKey, ("key", key), ("provider", credential.Key.Provider), ("now", now)));

    /// <summary>Asks the grants again when a credential was written: they may have changed since its flow or refresh began.</summary>
    public static async Task AfterPutAsync(PostgresStatements statements, StoredCredential credential)
    {
        if (credential.Key.Owner is { Kind: CredentialOwnerKind.VirtualKey } owner)
        {
            await OfKeyAsync(statements, owner.Id, CredentialEvents.System(credential), credential.UpdatedAt);
        }
    }

    private static async Task<ReconcileResult> RunAsync(
        PostgresStatements statements, string which, (string, PostgresValue) parameter, AuditEvent audit, DateTimeOffset now)
    {
        var orphaned = await ChangeAsync(
            statements,
            $"UPDATE credentials SET status = 'orphaned', status_reason = @reason, updated_at = @now WHERE {ReconcileConditions.ToOrphan} AND {which}",
            parameter,
            audit with { Action = AuditActions.CredentialOrphaned, Reason = Reason },
            now);
        var restored = await ChangeAsync(
            statements,
            $"UPDATE credentials SET status = 'active', status_reason = @reason, updated_at = @now WHERE {ReconcileConditions.ToRestore} AND {which}",
            parameter,
            audit with { Action = AuditActions.CredentialRestored, Reason = null },
            now);
        var flows = await statements.ExecuteAsync($"DELETE FROM connection_flows WHERE {ReconcileConditions.FlowsToDelete} AND {which}", parameter);
        return new ReconcileResult(orphaned, restored, flows);
    }

    // The statement only changes rows and records the changed ones: it decides nothing from what it read.
    private static Task<int> ChangeAsync(PostgresStatements statements, string update, (string, PostgresValue) parameter, AuditEvent audit, DateTimeOffset now) =>
        statements.ExecuteAsync(
            $"""
            WITH changed AS ({update} RETURNING owner_id, provider)
            INSERT INTO audit_events ({AuditColumns.All})
            SELECT @at, @action, @actor, 'credential:vk:' || owner_id || '@' || provider, @reason, @remote_address, @request_id FROM changed ORDER BY owner_id, provider
            """,
            parameter,
            ("now", now),
            ("at", audit.At),
            ("action", audit.Action),
            ("actor", audit.Actor),
            ("reason", audit.Reason),
            ("remote_address", audit.RemoteAddress),
            ("request_id", audit.RequestId));
}
