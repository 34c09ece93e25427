using System.Collections.Frozen;

namespace Keyholder.Clients;

/// <summary>The clients the operator named, validated. They never expire and come before dynamic ones.</summary>
public sealed class ConfiguredClients(IEnumerable<Client> clients)
{
    private readonly FrozenDictionary<string, Client> _byId = clients.ToFrozenDictionary(client => client.Id, StringComparer.Ordinal);

    /// <summary>The client with that id, or null.</summary>
    public Client? Find(string clientId) => _byId.GetValueOrDefault(clientId);
}
