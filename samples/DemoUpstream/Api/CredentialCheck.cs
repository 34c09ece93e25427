using System.Net.Http.Headers;
using DemoUpstream.Provider;

namespace DemoUpstream.Api;

internal sealed class CredentialCheck(DemoUpstreamOptions options, GrantStore grants)
{
    public const string ApiKeyHeader = "X-Api-Key";

    /// <summary>The authorization behind the bearer token of the request; null without a live one. Exactly one header counts, the query never.</summary>
    public DemoAuthorization? Bearer(HttpRequest request) =>
        request.Headers.Authorization is [{ } header]
        && AuthenticationHeaderValue.TryParse(header, out var value)
        && value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
        && value.Parameter is { } token
            ? grants.FindByAccessToken(token)
            : null;

    public bool HasApiKey(HttpRequest request) => request.Headers[ApiKeyHeader] is [{ } value] && Opaque.AreEqual(value, options.ApiKey);
}
