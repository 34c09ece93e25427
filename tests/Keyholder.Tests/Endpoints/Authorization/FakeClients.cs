using System.Collections.Concurrent;
using Keyholder.Clients;

namespace Keyholder.Tests.Endpoints.Authorization;

/// <summary>Clients that can change while a test runs.</summary>
internal sealed class FakeClients : ConcurrentDictionary<string, Client>, IClientDirectory
{
    public ValueTask<Client?> FindAsync(string clientId, CancellationToken cancellationToken) => new(this.GetValueOrDefault(clientId));

    public void Touch(Client client)
    {
    }
}
