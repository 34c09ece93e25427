using Keyholder.Resources;

namespace Keyholder.VirtualKeys;

/// <summary>What storage has to know of the configured resources so that credentials follow grants within one transaction.</summary>
/// <param name="Providers">Which credentials each resource wants: (resource name, provider name), distinct, in order.</param>
/// <param name="GrantedToAll">The names of the resources the configuration grants to every virtual key, distinct, in order.</param>
public sealed record ResourceMirror(IReadOnlyList<(string Resource, string Provider)> Providers, IReadOnlyList<string> GrantedToAll)
{
    /// <summary>The mirror of a snapshot.</summary>
    public static ResourceMirror Of(ResourceSnapshot resources) => new(
        [
            .. resources.Resources
                .SelectMany(resource => resource.Providers.Select(provider => (Resource: resource.Name, Provider: provider.Provider.Name)))
                .Distinct()
                .OrderBy(pair => pair.Resource, StringComparer.Ordinal)
                .ThenBy(pair => pair.Provider, StringComparer.Ordinal),
        ],
        [.. resources.Resources.Where(resource => resource.GrantToAllKeys).Select(resource => resource.Name).Order(StringComparer.Ordinal)]);
}
