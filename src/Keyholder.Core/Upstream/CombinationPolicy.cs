using Keyholder.Resources;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>Pure rules of how the credentials of a resource's providers make one authorization.</summary>
internal static class CombinationPolicy
{
    /// <summary>What goes out. A required credential that lacks stops the request; one that is not required contributes when it is there.</summary>
    /// <param name="key">Whose request to which resource.</param>
    /// <param name="parts">What each credential is good for, in the order of the resource's providers.</param>
    public static UpstreamAuthorization Combine(AuthorizationKey key, WarmCredential[] parts)
    {
        var headers = new List<KeyValuePair<string, string>>();
        var used = new List<CredentialUse>();
        var lacking = new List<Provider>();
        var leftOut = new List<Provider>();
        TimeSpan? wait = null;
        for (var i = 0; i < parts.Length; i++)
        {
            var (entry, part) = (key.Resource.Providers[i], parts[i].Authorization);
            switch (part.Outcome)
            {
                case UpstreamAuthorizationOutcome.Available:
                    headers.AddRange(HeadersOf(entry, part.Secret!));
                    used.Add(new(key.CredentialOf(entry.Provider), part.Version, part.Renewable, part.Renewed, part.Retry));
                    break;
                case UpstreamAuthorizationOutcome.ReconnectRequired:
                    (entry.Required ? lacking : leftOut).Add(entry.Provider);
                    break;
                case UpstreamAuthorizationOutcome.TemporarilyUnavailable when entry.Required:
                    wait = part.RetryAfter > wait ? part.RetryAfter : wait ?? part.RetryAfter;
                    break;
            }
        }

        return lacking.Count > 0 ? UpstreamAuthorization.Lacks(lacking)
            : wait is { } retryAfter ? UpstreamAuthorization.Unavailable(retryAfter)
            : new UpstreamAuthorization { Outcome = UpstreamAuthorizationOutcome.Available, Headers = headers, Used = used, LeftOut = leftOut, IsRetry = used.Exists(u => u.Retry is not null) };
    }

    private static IReadOnlyList<KeyValuePair<string, string>> HeadersOf(ResourceProvider entry, CredentialSecret secret) => secret switch
    {
        HeaderSet set => HeaderSetPolicy.Outgoing(entry.Provider.Headers, set),
        TokenSet tokens when entry.Header is null => [new("Authorization", "Bearer " + tokens.AccessToken)],
        _ => [new(entry.Header!, ((TokenSet)secret).AccessToken)],
    };
}
