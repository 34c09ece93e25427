using System.Collections.Frozen;

namespace Keyholder.Resources;

/// <summary>Every resource and provider at one moment. Never changes; a reload makes a new one.</summary>
public sealed class ResourceSnapshot
{
    private readonly FrozenDictionary<string, Resource> _byName;
    private readonly FrozenDictionary<string, Resource> _byUri;
    private readonly FrozenDictionary<string, Provider> _providers;

    /// <summary>A snapshot of validated parts; names and URIs are unique.</summary>
    public ResourceSnapshot(IReadOnlyList<Resource> resources, IReadOnlyList<Provider> providers)
    {
        Resources = resources;
        Providers = providers;
        _byName = resources.ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);
        _byUri = resources.ToFrozenDictionary(r => r.Uri, StringComparer.Ordinal);
        _providers = providers.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);
    }

    /// <summary>All resources in configured order.</summary>
    public IReadOnlyList<Resource> Resources { get; }

    /// <summary>All providers in configured order.</summary>
    public IReadOnlyList<Provider> Providers { get; }

    /// <summary>The resource with that name, or null.</summary>
    public Resource? FindByName(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The resource with that resource URI, byte for byte, or null.</summary>
    public Resource? FindByUri(string uri) => _byUri.GetValueOrDefault(uri);

    /// <summary>The provider with that logical name, or null.</summary>
    public Provider? FindProvider(string name) => _providers.GetValueOrDefault(name);
}
