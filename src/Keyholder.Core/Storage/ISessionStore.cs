using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;

namespace Keyholder.Storage;

/// <summary>Sessions: one row each, moved by conditional updates. Made by <see cref="IAuthorizationRequestStore.CompleteAsync"/>.</summary>
public interface ISessionStore
{
    /// <summary>The session in whatever state, or null.</summary>
    Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken);

    /// <summary>Redeems the code and starts the lineage at generation 1. The session as it is afterwards is returned unless not found; on any loss it is the row as found.</summary>
    Task<(RedeemOutcome Outcome, Session? Session)> RedeemCodeAsync(CodeRedemption redemption, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Rotates the refresh token in one statement; when it changes no row, reads and classifies. The session as it is afterwards is returned unless not found.</summary>
    Task<(RotateOutcome Outcome, Session? Session)> RotateAsync(Rotation rotation, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Revokes the session, takes the credentials it alone held out of the vault (<see cref="IUpstreamRevocationStore"/>), appends <paramref name="revocation"/> to the revocation log and writes the audit event, in one transaction.</summary>
    Task<SessionRevokeOutcome> RevokeAsync(SessionId id, string reason, RevocationEntry revocation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);
}
