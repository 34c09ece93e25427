using Keyholder.Resources;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>Pure rules of when an access token is refreshed and how a refresh's answer is merged.</summary>
internal static class RefreshPolicy
{
    /// <summary>When the access token is due to be refreshed; never, without an expiry. One that lives shorter than twice the margin is used for the first half of its life, else every request would refresh it.</summary>
    /// <param name="tokens">The token set.</param>
    /// <param name="receivedAt">When it was stored.</param>
    /// <param name="margin">How long before its expiry a token is refreshed.</param>
    public static DateTimeOffset DueAt(TokenSet tokens, DateTimeOffset receivedAt, TimeSpan margin)
    {
        if (tokens.ExpiresAt is not { } expiry)
        {
            return DateTimeOffset.MaxValue;
        }

        var half = receivedAt < expiry ? (expiry - receivedAt) / 2 : TimeSpan.Zero;
        return expiry - (half < margin ? half : margin);
    }

    /// <summary>Whether the provider still has to accept the access token.</summary>
    public static bool IsAlive(TokenSet tokens, DateTimeOffset now) => tokens.ExpiresAt is null || now < tokens.ExpiresAt;

    /// <summary>The token set to keep: a missing refresh token or scope means that the old one stands (RFC 6749 sections 5.1 and 6).</summary>
    public static TokenSet Merge(TokenSet before, TokenSet refreshed) => refreshed with
    {
        RefreshToken = refreshed.RefreshToken ?? before.RefreshToken,
        Scope = refreshed.Scope ?? before.Scope,
    };

    /// <summary>
    /// Whether the provider, as it is now, is the authorization server the token set came from and has the client it was issued to: the same issuer, or, where one of the two
    /// has none, a token endpoint at the same origin. What a set does not say is not asked.
    /// </summary>
    public static bool IsIssuedTo(TokenSet tokens, Provider provider, ProviderMetadata metadata) =>
        (tokens.ClientId is null || tokens.ClientId == provider.ClientId)
        && (tokens.Issuer is not null && metadata.Issuer is not null ? tokens.Issuer == metadata.Issuer
            : tokens.TokenEndpoint is { } endpoint ? OriginOf(endpoint) == OriginOf(metadata.TokenEndpoint)
            : tokens.Issuer is null);

    /// <summary>Whether the provider replaced the refresh token, so that the one in the store is dead.</summary>
    public static bool IsRotated(TokenSet before, TokenSet refreshed) =>
        refreshed.RefreshToken is not null && refreshed.RefreshToken != before.RefreshToken;

    private static string OriginOf(Uri endpoint) => endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}
