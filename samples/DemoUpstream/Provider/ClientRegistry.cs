using System.Collections.Concurrent;

namespace DemoUpstream.Provider;

/// <summary>The configured client and those that registered themselves.</summary>
internal sealed class ClientRegistry(DemoUpstreamOptions options)
{
    private readonly ProviderClient _configured = new(options.ClientId, options.ClientSecret, options.RedirectUris);
    private readonly ConcurrentDictionary<string, ProviderClient> _registered = new(StringComparer.Ordinal);

    public ProviderClient? Find(string? id) =>
        id == _configured.Id ? _configured : id is not null && _registered.TryGetValue(id, out var client) ? client : null;

    public void Add(ProviderClient client) => _registered[client.Id] = client;

    public void ForgetRegistrations() => _registered.Clear();
}
