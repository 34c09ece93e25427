using Keyholder.Audit;
using Keyholder.Upstream.Revocation;

namespace Keyholder.Storage;

/// <summary>
/// The outbox of revocations at providers. Rows come in with the transaction that deletes the credential (a session's end, an explicit deletion), the
/// envelope moved as it lay; it is dropped when the row is finished.
/// </summary>
public interface IUpstreamRevocationStore
{
    /// <summary>Claims rows that are due at <paramref name="now"/>, the longest due first: each goes to one caller, counts one more attempt, and is due again at <paramref name="until"/> unless it is finished or deferred.</summary>
    /// <param name="limit">How many at most, above 0.</param>
    /// <param name="until">How long the claims hold; after <paramref name="now"/>.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Gives up before the write, not after.</param>
    Task<IReadOnlyList<ClaimedUpstreamRevocation>> ClaimAsync(int limit, DateTimeOffset until, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a claimed row, with its audit event, and drops its envelope; false, with nothing changed, when the claim is no longer the latest.</summary>
    /// <param name="revocation">As it was claimed.</param>
    /// <param name="status"><see cref="UpstreamRevocationStatus.Done"/> or <see cref="UpstreamRevocationStatus.Failed"/>.</param>
    /// <param name="reason">A word of <see cref="UpstreamRevocationReasons"/>.</param>
    /// <param name="audit">What is recorded.</param>
    /// <param name="now">The moment.</param>
    Task<bool> FinishAsync(UpstreamRevocation revocation, UpstreamRevocationStatus status, string reason, AuditEvent audit, DateTimeOffset now);

    /// <summary>Puts a claimed row off; false, with nothing changed, when the claim is no longer the latest.</summary>
    Task<bool> DeferAsync(UpstreamRevocation revocation, string reason, DateTimeOffset dueAt);

    /// <summary>A page of rows.</summary>
    Task<IReadOnlyList<UpstreamRevocation>> ListAsync(UpstreamRevocationQuery query, CancellationToken cancellationToken);
}
