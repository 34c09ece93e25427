using Keyholder.Resources;

namespace Keyholder.Import;

/// <summary>The logical names of providers that an earlier key scheme called by the protocol they speak: <c>TYPE</c> → name, or <c>TYPE@RESOURCE</c> → name for the sessions of one resource.</summary>
/// <param name="names">The mapping, as the operator wrote it.</param>
/// <param name="resources">The configured resources and providers.</param>
public sealed class ProviderNames(IReadOnlyDictionary<string, string> names, ResourceSnapshot resources)
{
    /// <summary>Adds a problem for every entry that leads nowhere.</summary>
    public void Check(ICollection<ImportProblem> problems)
    {
        foreach (var (type, name) in names)
        {
            var at = type.IndexOf('@', StringComparison.Ordinal);
            if (at >= 0 && resources.FindByName(type[(at + 1)..]) is null)
            {
                problems.Add(new(0, $"the mapping {type}={name} names the resource '{type[(at + 1)..]}', which is not configured"));
            }

            if (resources.FindProvider(name) is not { } provider)
            {
                problems.Add(new(0, $"the mapping {type}={name} names the provider '{name}', which is not configured"));
            }
            else if (provider.Kind == ProviderKind.Headers)
            {
                problems.Add(new(0, $"the mapping {type}={name} names a provider of kind headers, which has no tokens"));
            }
            else if (provider.Owner == ProviderOwner.Shared)
            {
                problems.Add(new(0, $"the mapping {type}={name} names a provider whose credential everybody shares; one person's tokens must not become it"));
            }
        }
    }

    /// <summary>The provider of a type, for a resource if one is named; null when the mapping names none.</summary>
    /// <param name="type">What the provider was called.</param>
    /// <param name="resourceUri">The resource of the session; null = no session.</param>
    public Provider? Find(string type, string? resourceUri)
    {
        var resource = resourceUri is null ? null : resources.FindByUri(resourceUri);
        var name = (resource is null ? null : names.GetValueOrDefault($"{type}@{resource.Name}")) ?? names.GetValueOrDefault(type);
        return name is null ? null : resources.FindProvider(name);
    }
}
