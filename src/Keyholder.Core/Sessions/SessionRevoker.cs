using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage;
using Keyholder.Tokens;

namespace Keyholder.Sessions;

/// <summary>Ends a session for good: its row, its refresh tokens, its access tokens everywhere and its open streams.</summary>
public sealed class SessionRevoker(ISessionStore sessions, RevocationFeed revocations, TimeProvider time)
{
    // For tokens issued by a node that had read the session just before, and for clocks that differ.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

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
        var entry = new RevocationEntry(new(RevocationTargetKind.Session, id.ToString()), now, now + AccessTokenOptions.MaxLifetime + Margin, reason);
        var audit = new AuditEvent
        {
            At = now,
            Action = AuditActions.SessionRevoked,
            Actor = actor,
            Target = $"session:{id}",
            Reason = reason,
            RemoteAddress = origin.RemoteAddress,
            RequestId = origin.RequestId,
        };
        var outcome = await sessions.RevokeAsync(id, reason, entry, audit, now, CancellationToken.None);
        if (outcome != SessionRevokeOutcome.NotFound)
        {
            revocations.Accept(entry);
        }

        return outcome;
    }
}
