using Keyholder.Resources;
using Keyholder.Vault;

namespace Keyholder.Upstream.Revocation;

/// <summary>Speaks to a provider's revocation endpoint (RFC 7009).</summary>
internal sealed class RevocationEndpointClient(GuardedHttp http, ProviderResolver providers, TimeProvider time)
{
    /// <summary>Revokes a token set: its refresh token, which should take the access tokens along, and the access token while it lives, because it may not.</summary>
    public async Task<RevocationStep> RevokeAsync(Provider configured, TokenSet tokens, CancellationToken cancellationToken)
    {
        var found = await providers.ResolveAsync(configured, tokens.Issuer, tokens.ClientId, cancellationToken);
        if (found is not { Provider: { } provider, Metadata: { } metadata })
        {
            return RevocationStep.Again(UpstreamRevocationReasons.MetadataUnusable);
        }

        if (metadata.RevocationEndpoint is not { } endpoint)
        {
            return RevocationStep.Failed(UpstreamRevocationReasons.NoEndpoint);
        }

        // The tokens of another authorization server are nothing to this one, and none of its business.
        if (!RefreshPolicy.IsIssuedTo(tokens, provider, metadata))
        {
            return RevocationStep.Failed(UpstreamRevocationReasons.ClientChanged);
        }

        var step = tokens.RefreshToken is { } refreshToken ? await SendAsync(provider, endpoint, refreshToken, "refresh_token", cancellationToken) : (RevocationStep?)null;
        if (step is { Status: not UpstreamRevocationStatus.Done } || tokens.ExpiresAt <= time.GetUtcNow())
        {
            return step ?? RevocationStep.Done(UpstreamRevocationReasons.Expired);
        }

        var access = await SendAsync(provider, endpoint, tokens.AccessToken, "access_token", cancellationToken);

        // A provider that revokes no access tokens by themselves was asked for the refresh token, and did that.
        return step is { } done && access.Status == UpstreamRevocationStatus.Failed ? done : access;
    }

    private async Task<RevocationStep> SendAsync(Provider provider, Uri endpoint, string token, string hint, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form = [new("token", token), new("token_type_hint", hint)];
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.Accept.ParseAdd("application/json");
        ProviderAuthentication.Apply(provider, request, form);
        request.Content = new FormUrlEncodedContent(form);
        return RevocationAnswerPolicy.Read(await http.SendAsync(request, TrustedOrigins.Of(provider), cancellationToken));
    }
}
