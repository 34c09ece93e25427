using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Authorization;

/// <summary>What a client asks to be let into: the same rules wherever it asks.</summary>
/// <param name="Resource">The canonical resource URI.</param>
/// <param name="Scopes">Scopes of the resource; never empty, never <c>offline_access</c>.</param>
public sealed record RequestedAccess(string Resource, IReadOnlyList<string> Scopes)
{
    /// <summary>What the parameters mean, or <c>invalid_target</c> or <c>invalid_scope</c>.</summary>
    /// <param name="indicator">The <c>resource</c> parameter (RFC 8707); absent, it means the only resource there is.</param>
    /// <param name="scope">The <c>scope</c> parameter; absent, it means the resource's default.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="snapshot">What there is.</param>
    public static OAuthResult<RequestedAccess> Find(string? indicator, string? scope, Client client, ResourceSnapshot snapshot)
    {
        if (FindResource(indicator, snapshot) is not { } resource)
        {
            return OAuthErrors.InvalidTarget;
        }

        var scopes = FindScopes(scope, client, resource);
        return scopes.Failed ? scopes.Error : new RequestedAccess(resource.Uri, scopes.Value);
    }

    private static Resource? FindResource(string? indicator, ResourceSnapshot snapshot) => indicator switch
    {
        not null => ResourceIndicator.Find(snapshot, indicator),
        _ when snapshot.Resources is [var only] => only,
        _ => null,
    };

    private static OAuthResult<IReadOnlyList<string>> FindScopes(string? requested, Client client, Resource resource)
    {
        if (OAuth.Scopes.Parse(requested) is not { } parsed)
        {
            return OAuthErrors.InvalidScope;
        }

        var names = parsed.Where(scope => scope != OAuth.Scopes.OfflineAccess).ToArray();
        if (names.Length == 0)
        {
            names = [.. ScopeGrant.WithinCap(client, resource.DefaultScopes)];
            return names.Length > 0 ? names : OAuthErrors.InvalidScope;
        }

        return ScopeGrant.Permitted(client, resource, names).Count == names.Length ? names : OAuthErrors.InvalidScope;
    }
}
