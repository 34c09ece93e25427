using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage;

namespace Keyholder.Sessions;

/// <summary>Ends sessions for good: their rows, their refresh tokens, their access tokens everywhere and their open streams.</summary>
public sealed class SessionRevoker(ISessionStore sessions, ISessionDirectory directory, RevocationFeed revocations, TimeProvider time)
{
    /// <summary>
    /// Revokes the session with its log entry and audit event in one transaction; when this returns, no token of it is accepted on this node.
    /// Cannot be cancelled: a caller that hangs up must not save a session. Whatever the store throws means that nothing was revoked.
    /// </summary>
    /// <param name="id">The session.</param>
    /// <param name="reason">One of <see cref="RevocationReasons"/>.</param>
    /// <param name="actor">Who does it, as <see cref="AuditEvent.Actor"/> wants it.</param>
    /// <param name="origin">Where the request came from.</param>
    public async Task<SessionRevokeOutcome> RevokeAsync(SessionId id, string reason, string actor, RequestOrigin origin)
    {
        var now = time.GetUtcNow();
        var entry = SessionRevocation.Entry(id, reason, now);
        var audit = SessionRevocation.Audit(id, reason, actor, origin, now);
        var outcome = await sessions.RevokeAsync(id, reason, entry, audit, now, CancellationToken.None);
        if (outcome != SessionRevokeOutcome.NotFound)
        {
            revocations.Accept(entry);
        }

        return outcome;
    }

    /// <summary>Revokes every session the selector matches, as <see cref="RevokeAsync"/> does one, all or none. Returns how many that were.</summary>
    public async Task<int> RevokeAllAsync(SessionSelector selector, string reason, string actor, RequestOrigin origin)
    {
        var now = time.GetUtcNow();
        var revoked = await directory.RevokeAsync(
            selector, reason, SessionRevocation.EntriesExpireAt(now), SessionRevocation.Audit(null, reason, actor, origin, now), now, CancellationToken.None);
        foreach (var id in revoked)
        {
            revocations.Accept(SessionRevocation.Entry(id, reason, now));
        }

        return revoked.Count;
    }
}
