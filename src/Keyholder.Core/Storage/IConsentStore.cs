using Keyholder.Authorization;
using Keyholder.Sessions;

namespace Keyholder.Storage;

/// <summary>Remembered approvals. They are written by <see cref="IAuthorizationRequestStore.ConsentAsync"/>.</summary>
public interface IConsentStore
{
    /// <summary>The remembered approval, or null.</summary>
    Task<Consent?> FindAsync(Subject subject, string clientId, string redirectHost, string resource, CancellationToken cancellationToken);
}
