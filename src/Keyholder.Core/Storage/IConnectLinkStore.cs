using Keyholder.Authorization.Connect;

namespace Keyholder.Storage;

/// <summary>Links to connecting what is lacking.</summary>
public interface IConnectLinkStore
{
    /// <summary>Stores a link, unless it is there already, and forgets those that have expired at <paramref name="now"/>. False when it is there and was used up.</summary>
    Task<bool> AddAsync(ConnectLink link, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The link, or null when there is none, it has expired or was used up (<see cref="IAuthorizationRequestStore.ConsentAsync"/>).</summary>
    Task<ConnectLink?> FindAsync(byte[] idHash, DateTimeOffset now, CancellationToken cancellationToken);
}
