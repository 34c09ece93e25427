using Keyholder.Audit;
using Keyholder.Users;

namespace Keyholder.Storage;

/// <summary>People signed in at browsers.</summary>
public interface IBrowserSessionStore
{
    /// <summary>Stores a new browser session and its audit event.</summary>
    Task AddAsync(BrowserSession session, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>The browser session and its user, or null when there is none, it has expired at <paramref name="now"/>, or the user is disabled.</summary>
    Task<(BrowserSession Session, User User)?> FindAsync(byte[] secretHash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a browser session. Its audit event names the person who was signed in as the actor; where there is no such session, nothing is recorded.</summary>
    Task DeleteAsync(byte[] secretHash, AuditEvent audit, CancellationToken cancellationToken);
}
