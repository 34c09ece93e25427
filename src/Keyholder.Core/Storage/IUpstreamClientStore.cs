using Keyholder.Audit;
using Keyholder.Upstream;

namespace Keyholder.Storage;

/// <summary>Keyholder's registrations with authorization servers it found by discovery, one per provider.</summary>
public interface IUpstreamClientStore
{
    /// <summary>The provider's registration, or null.</summary>
    Task<StoredUpstreamClient?> FindAsync(string provider, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a registration the provider's client if its generation follows the stored one (0 = there is none). Every active credential of the provider that another
    /// client obtained is marked as in need of a new connection, in the same transaction.
    /// </summary>
    /// <param name="client">The registration.</param>
    /// <param name="audit">Written with it.</param>
    /// <param name="cancellationToken">Gives the write up.</param>
    Task<UpstreamClientPutOutcome> PutAsync(StoredUpstreamClient client, AuditEvent audit, CancellationToken cancellationToken);
}
