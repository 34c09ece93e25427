using Keyholder.Authorization.Connect;

namespace Keyholder.Storage;

/// <summary>Links to connecting what is lacking.</summary>
public interface IConnectLinkStore
{
    /// <summary>Stores a link, unless it is there already, and forgets those that have expired at <paramref name="now"/>.</summary>
    Task AddAsync(ConnectLink link, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The link, or null when there is none or it has expired.</summary>
    Task<ConnectLink?> FindAsync(byte[] idHash, DateTimeOffset now, CancellationToken cancellationToken);
}
