using Keyholder.Audit;
using Keyholder.Sessions;

namespace Keyholder.Storage;

/// <summary>Sessions as people see and end them: lists, and transitions of many at once.</summary>
public interface ISessionDirectory
{
    /// <summary>A page of live sessions, newest first (<see cref="RowPosition"/>). A client or user that is gone leaves its session in the list.</summary>
    Task<IReadOnlyList<SessionListing>> ListAsync(SessionQuery query, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The session in whatever state, or null.</summary>
    Task<SessionListing?> FindAsync(SessionId id, CancellationToken cancellationToken);

    /// <summary>How many sessions <see cref="RevokeAsync"/> would revoke.</summary>
    Task<int> CountAsync(SessionSelector selector, CancellationToken cancellationToken);

    /// <summary>
    /// Revokes every unrevoked session the selector matches, takes the credentials they alone held out of the vault, appends an entry for each to the revocation log and writes an audit event for each, in one
    /// transaction. Returns the sessions it revoked.
    /// </summary>
    /// <param name="selector">Not empty.</param>
    /// <param name="reason">One of <see cref="RevocationReasons"/>.</param>
    /// <param name="entriesExpireAt">The <see cref="Revocation.RevocationEntry.ExpiresAt"/> of the log entries; their cut-off is <paramref name="now"/>.</param>
    /// <param name="audit">The audit event; each session's has that session as its target.</param>
    /// <param name="now">The moment of the revocation.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<IReadOnlyList<SessionId>> RevokeAsync(
        SessionSelector selector, string reason, DateTimeOffset entriesExpireAt, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Forgets what the session's subject approved for its client and resource, at every redirect host, so that the next authorization asks again; false, with nothing written, when the session is unknown or revoked.</summary>
    Task<bool> ForgetConsentAsync(SessionId id, AuditEvent audit, CancellationToken cancellationToken);
}
