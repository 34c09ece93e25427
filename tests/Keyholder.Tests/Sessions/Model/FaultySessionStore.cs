using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>A store that goes away where the operation under way says so: before a commit, or after it and before the answer.</summary>
internal sealed class FaultySessionStore(ISessionStore inner) : ISessionStore
{
    private readonly AsyncLocal<StoreFault> _fault = new();

    /// <summary>The fault of the operation the caller is about to make.</summary>
    public StoreFault Fault
    {
        set => _fault.Value = value;
    }

    public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) => inner.FindAsync(id, cancellationToken);

    public Task<(RedeemOutcome Outcome, Session? Session)> RedeemCodeAsync(CodeRedemption redemption, DateTimeOffset now, CancellationToken cancellationToken) =>
        PassAsync(() => inner.RedeemCodeAsync(redemption, now, cancellationToken), StoreFault.TransitionNotMade, StoreFault.TransitionAnswerLost);

    public Task<(RotateOutcome Outcome, Session? Session)> RotateAsync(Rotation rotation, DateTimeOffset now, CancellationToken cancellationToken) =>
        PassAsync(() => inner.RotateAsync(rotation, now, cancellationToken), StoreFault.TransitionNotMade, StoreFault.TransitionAnswerLost);

    public Task<SessionRevokeOutcome> RevokeAsync(SessionId id, string reason, RevocationEntry revocation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        PassAsync(() => inner.RevokeAsync(id, reason, revocation, audit, now, cancellationToken), StoreFault.RevocationNotMade, StoreFault.RevocationAnswerLost);

    private async Task<T> PassAsync<T>(Func<Task<T>> pass, StoreFault before, StoreFault after)
    {
        var fault = _fault.Value;
        ThrowIf(fault == before);
        var result = await pass();
        ThrowIf(fault == after);
        return result;
    }

    private static void ThrowIf(bool gone)
    {
        if (gone)
        {
            throw new TimeoutException("The database went away.");
        }
    }
}
