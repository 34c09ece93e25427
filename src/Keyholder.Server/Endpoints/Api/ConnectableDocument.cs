using Keyholder.Resources;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Something that can be connected and is not.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="ResourceName">What people call it.</param>
/// <param name="Provider">The provider's logical name.</param>
/// <param name="ProviderName">What people call it.</param>
/// <param name="Kind"><c>oauth</c> or <c>headers</c>.</param>
/// <param name="Required">Whether the resource cannot be used without.</param>
internal sealed record ConnectableDocument(string Resource, string ResourceName, string Provider, string ProviderName, string Kind, bool Required)
{
    /// <summary>The document of a provider at a resource.</summary>
    public static ConnectableDocument Of(Resource resource, ResourceProvider entry) => new(
        resource.Name,
        resource.DisplayName,
        entry.Provider.Name,
        entry.Provider.DisplayName,
        entry.Provider.Kind == ProviderKind.Headers ? "headers" : "oauth",
        entry.Required);
}
