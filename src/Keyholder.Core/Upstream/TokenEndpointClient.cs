using System.Text;
using System.Text.Json.Nodes;
using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>Speaks to a provider's token endpoint: the code exchange and the refresh (RFC 6749 sections 4.1.3 and 6), and the exchange of tokens (RFC 8693).</summary>
internal sealed class TokenEndpointClient(GuardedHttp http, TimeProvider time)
{
    private const string TokenExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";
    private const string JwtType = "urn:ietf:params:oauth:token-type:jwt";

    /// <summary>Exchanges an authorization code.</summary>
    public Task<TokenEndpointResult> ExchangeAsync(Provider provider, Uri endpoint, string code, string callback, string verifier, CancellationToken cancellationToken) =>
        SendAsync(
            provider,
            endpoint,
            endpoint,
            [
                new("grant_type", "authorization_code"),
                new("code", code),
                new("redirect_uri", callback),
                new("code_verifier", verifier),
            ],
            cancellationToken);

    /// <summary>Refreshes a token set.</summary>
    public Task<TokenEndpointResult> RefreshAsync(Provider provider, Uri endpoint, string refreshToken, CancellationToken cancellationToken) =>
        SendAsync(
            provider,
            endpoint,
            provider.RefreshEndpoint ?? endpoint,
            [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)],
            cancellationToken);

    /// <summary>Exchanges a token of this server's for one of the provider's (RFC 8693 section 2.1). Anything but an access token in answer is refused.</summary>
    public async Task<TokenEndpointResult> ExchangeTokenAsync(Provider provider, Uri endpoint, TokenExchange exchange, string subjectToken, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", TokenExchangeGrant),
            new("subject_token", subjectToken),
            new("subject_token_type", exchange.SubjectTokenType == SubjectTokenType.Jwt ? JwtType : AccessTokenType),
            new("requested_token_type", AccessTokenType),
        ];
        if (exchange.Audience is not null)
        {
            form.Add(new("audience", exchange.Audience));
        }

        if (exchange.Scopes.Count > 0)
        {
            form.Add(new("scope", Scopes.Format(exchange.Scopes)));
        }

        var result = await SendAsync(provider, endpoint, endpoint, form, cancellationToken);
        return result.Tokens is null || result.IssuedTokenType is null or AccessTokenType or JwtType
            ? result
            : new(TokenEndpointOutcome.Unusable, Debug: "The token exchange issued something other than an access token.");
    }

    private async Task<TokenEndpointResult> SendAsync(Provider provider, Uri endpoint, Uri destination, List<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        if (provider.ResourceParameter is { } resource)
        {
            form.Add(new("resource", resource));
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, destination);
        request.Headers.Accept.ParseAdd("application/json");
        ProviderAuthentication.Apply(provider, request, form);
        request.Content = Body(provider, form);
        var response = await http.SendAsync(request, TrustedOrigins.Of(provider), cancellationToken);
        var result = TokenResponsePolicy.Read(response, provider.TokenResponse, provider.Identity, time.GetUtcNow());
        return result.Tokens is { } tokens ? result with { Tokens = tokens with { Issuer = provider.Issuer, TokenEndpoint = endpoint, ClientId = provider.ClientId } } : result;
    }

    private static HttpContent Body(Provider provider, List<KeyValuePair<string, string>> form) =>
        provider.TokenRequestFormat == TokenRequestFormat.Json
            ? new StringContent(new JsonObject(form.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)JsonValue.Create(p.Value)))).ToJsonString(), Encoding.UTF8, "application/json")
            : new FormUrlEncodedContent(form);
}
