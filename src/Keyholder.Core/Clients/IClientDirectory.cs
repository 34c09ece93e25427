namespace Keyholder.Clients;

/// <summary>Every client Keyholder knows, wherever its metadata comes from.</summary>
public interface IClientDirectory
{
    /// <summary>The client, or null when it is unknown or has expired.</summary>
    ValueTask<Client?> FindAsync(string clientId, CancellationToken cancellationToken);

    /// <summary>
    /// Renews the sliding expiry of a dynamic client after a successful token grant. Returns at once and writes in the background, at most once a day
    /// per client, so that a refresh stays one write. Failing to renew is logged, never thrown.
    /// </summary>
    void Touch(Client client);
}
