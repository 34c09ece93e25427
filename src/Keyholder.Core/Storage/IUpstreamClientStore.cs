using Keyholder.Audit;
using Keyholder.Upstream;

namespace Keyholder.Storage;

/// <summary>Keyholder's registrations with authorization servers it found by discovery: one per provider, and those it replaced that still serve what they obtained.</summary>
public interface IUpstreamClientStore
{
    /// <summary>The provider's registration, or null.</summary>
    Task<StoredUpstreamClient?> FindAsync(string provider, CancellationToken cancellationToken);

    /// <summary>The provider's registration with this issuer under this client id, be it the current one or one it replaced and kept; the newest of several. Null when there is none.</summary>
    Task<StoredUpstreamClient?> FindAsync(string provider, string issuer, string clientId, CancellationToken cancellationToken);

    /// <summary>The provider's newest registration with this issuer for this redirect URI, be it the current one or one that was replaced and kept; null when there is none.</summary>
    Task<StoredUpstreamClient?> FindForAsync(string provider, string issuer, string redirectUri, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a registration the provider's client if its generation follows the stored one (0 = there is none). In the same transaction the one it replaces is
    /// kept for what it obtained, or is dropped and every active credential of the provider is marked as in need of a new connection.
    /// </summary>
    /// <param name="client">The registration.</param>
    /// <param name="keepsFormer">Whether the authorization server still knows the client that is replaced.</param>
    /// <param name="audit">Written with it.</param>
    /// <param name="cancellationToken">Gives the write up.</param>
    Task<UpstreamClientPutOutcome> PutAsync(StoredUpstreamClient client, bool keepsFormer, AuditEvent audit, CancellationToken cancellationToken);
}
