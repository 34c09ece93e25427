using Keyholder.Clients;
using Keyholder.Resources;
using static Keyholder.OAuth.Scopes;

namespace Keyholder.Authorization;

/// <summary>
/// Which scopes an approval grants. An authorization does not drop what the same person approved for the same client, redirect host and resource before, so that a
/// step-up that asks for nothing but the missing scope keeps the rest (docs/adr/0007). The consent page shows exactly this set.
/// </summary>
public static class ScopeGrant
{
    /// <summary>The requested scopes and those approved before, in the resource's order, as far as resource and client still permit them.</summary>
    public static IReadOnlyList<string> Granted(Client client, Resource resource, IReadOnlyCollection<string> requested, Consent? remembered)
    {
        var approved = requested.Concat(remembered?.Scopes ?? []).ToHashSet(StringComparer.Ordinal);
        return [.. resource.Scopes.Select(scope => scope.Name).Where(name => approved.Contains(name) && WithinCap(client, [name]).Any())];
    }

    /// <summary>Those of <paramref name="scopes"/> that the resource has and the client may ask for.</summary>
    public static IReadOnlyList<string> Permitted(Client client, Resource resource, IReadOnlyCollection<string> scopes) =>
        [.. WithinCap(client, scopes).Where(name => resource.Scopes.Any(scope => scope.Name == name))];

    /// <summary>A configured client's scope is a cap; what a client says about itself is not, because clients register with the scope of their first challenge.</summary>
    public static IEnumerable<string> WithinCap(Client client, IEnumerable<string> scopes)
    {
        var cap = client is { Source: ClientSource.Configured, Scope: { } scope } ? Parse(scope) ?? [] : null;
        return cap is null ? scopes : scopes.Where(cap.Contains);
    }
}
