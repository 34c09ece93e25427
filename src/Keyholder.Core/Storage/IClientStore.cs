using Keyholder.Clients;

namespace Keyholder.Storage;

/// <summary>Dynamically registered clients.</summary>
public interface IClientStore
{
    /// <summary>
    /// Adds a client, atomically with the cap: expired clients go first; when <paramref name="capacity"/> clients remain, the oldest one that was
    /// registered at or before <paramref name="evictableBefore"/> and has no unrevoked session is evicted; else <see cref="ClientAddOutcome.Full"/>.
    /// </summary>
    Task<ClientAddOutcome> AddAsync(Client client, int capacity, DateTimeOffset evictableBefore, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The client, expired or not, or null.</summary>
    Task<Client?> FindAsync(string clientId, CancellationToken cancellationToken);

    /// <summary>Moves the expiry of an existing client forward, never back. Nothing happens for an unknown one.</summary>
    Task RenewAsync(string clientId, DateTimeOffset expiresAt, CancellationToken cancellationToken);
}
