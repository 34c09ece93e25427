using System.Collections.Frozen;

namespace Keyholder.Resources;

/// <summary>Every resource and provider at one moment. Never changes; a reload makes a new one.</summary>
public sealed class ResourceSnapshot
{
    private readonly FrozenDictionary<string, Resource> _byName;
    private readonly FrozenDictionary<string, Resource> _byUri;
    private readonly FrozenDictionary<string, Provider> _providers;

    /// <summary>A snapshot of validated parts; names and URIs are unique.</summary>
    /// <param name="resources">What the gateway forwards to.</param>
    /// <param name="providers">Their providers.</param>
    /// <param name="api">Keyholder's own API, when tokens can be had for it; found by its URI alone, so that nothing ever forwards to it.</param>
    public ResourceSnapshot(IReadOnlyList<Resource> resources, IReadOnlyList<Provider> providers, Resource? api = null)
    {
        Resources = resources;
        Providers = providers;
        Api = api;
        _byName = resources.ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);
        _byUri = (api is null ? resources : resources.Append(api)).ToFrozenDictionary(r => r.Uri, StringComparer.Ordinal);
        _providers = providers.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);
    }

    /// <summary>All resources in configured order.</summary>
    public IReadOnlyList<Resource> Resources { get; }

    /// <summary>Keyholder's own API (<see cref="ApiResource"/>); not one of <see cref="Resources"/>.</summary>
    public Resource? Api { get; }

    /// <summary>All providers in configured order.</summary>
    public IReadOnlyList<Provider> Providers { get; }

    /// <summary>The resource with that name, or null.</summary>
    public Resource? FindByName(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The resource or API with that resource URI, byte for byte, or null.</summary>
    public Resource? FindByUri(string uri) => _byUri.GetValueOrDefault(uri);

    /// <summary>The provider with that logical name, or null.</summary>
    public Provider? FindProvider(string name) => _providers.GetValueOrDefault(name);

    /// <summary>The same snapshot with Keyholder's own API.</summary>
    public ResourceSnapshot WithApi(Resource api) => new(Resources, Providers, api);
}
