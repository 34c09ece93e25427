using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Tokens;

namespace Keyholder.Sessions;

/// <summary>What is written beside the row of a session that is revoked.</summary>
public static class SessionRevocation
{
    // For tokens issued by a node that had read the session just before, and for clocks that differ.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>The entry of the revocation log.</summary>
    public static RevocationEntry Entry(SessionId id, string reason, DateTimeOffset now) =>
        new(new(RevocationTargetKind.Session, id.ToString()), now, EntriesExpireAt(now), reason);

    /// <summary>When no access token of a session revoked at <paramref name="now"/> can be alive any more.</summary>
    public static DateTimeOffset EntriesExpireAt(DateTimeOffset now) => now + AccessTokenOptions.MaxLifetime + Margin;

    /// <summary>The audit event; without an id, the one storage writes for each session of many.</summary>
    public static AuditEvent Audit(SessionId? id, string reason, string actor, RequestOrigin origin, DateTimeOffset now) => new()
    {
        At = now,
        Action = AuditActions.SessionRevoked,
        Actor = actor,
        Target = $"session:{id}",
        Reason = reason,
        RemoteAddress = origin.RemoteAddress,
        RequestId = origin.RequestId,
    };
}
