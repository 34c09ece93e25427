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
    /// <summary>
    /// Makes storage's knowledge of the configured resources equal to <paramref name="mirror"/> and, when that changed anything, reconciles every key and, if there
    /// are any, appends a notice to the revocation log. Grants to all that were made otherwise stay.
    /// </summary>
    /// <param name="mirror">What the configuration says now.</param>
    /// <param name="audit">The event of each credential that changes; action, target and reason are set by storage.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<ReconcileResult> MirrorAsync(ResourceMirror mirror, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Reconciles one key.</summary>
    Task<ReconcileResult> ReconcileAsync(string keyId, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Reconciles what every key has for a resource's providers.</summary>
    Task<ReconcileResult> ReconcileResourceAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Reconciles every key.</summary>
    Task<ReconcileResult> ReconcileAllAsync(AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>What <see cref="ReconcileAllAsync"/> would change, at most <paramref name="limit"/> of it; nothing is changed.</summary>
    Task<IReadOnlyList<PlannedChange>> PlanAsync(int limit, CancellationToken cancellationToken);
}
