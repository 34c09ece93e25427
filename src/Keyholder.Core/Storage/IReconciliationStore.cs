using Keyholder.Audit;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage;

/// <summary>
/// Keeps the credentials of virtual keys as the grants say. A key is entitled to the providers of the resources granted to it or to every key. Its active
/// credentials of other providers become orphaned, its orphaned ones of these active (the same row), its pending connection flows to others are deleted; in that
/// order, in one transaction, with a number of statements that does not depend on how many keys there are. Nothing else is touched: not what needs the person,
/// not what others own, not flows whose callback came. Running it twice changes nothing the second time.
/// </summary>
public interface IReconciliationStore
{
    /// <summary>Reconciles one key.</summary>
    Task<ReconcileResult> ReconcileAsync(string keyId, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Reconciles what every key has for a resource's providers.</summary>
    Task<ReconcileResult> ReconcileResourceAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Reconciles every key.</summary>
    Task<ReconcileResult> ReconcileAllAsync(AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>What <see cref="ReconcileAllAsync"/> would change, at most <paramref name="limit"/> of it; nothing is changed.</summary>
    Task<IReadOnlyList<PlannedChange>> PlanAsync(int limit, CancellationToken cancellationToken);
}
