using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keyholder.Resources;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Keyholder.Upstream;

/// <summary>Validates an ID token from a token endpoint (OpenID Connect Core section 3.1.3.7).</summary>
internal sealed class IdTokenValidator(JsonWebKeySource keys, TimeProvider time)
{
    private const int MaxLength = 16 * 1024;
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    /// <summary>Validates signature, issuer, audience, times, nonce and subject.</summary>
    public async Task<AccountResult> ValidateAsync(string idToken, Provider provider, ProviderMetadata metadata, string nonce, CancellationToken cancellationToken)
    {
        if (Parse(idToken) is not { } token)
        {
            return AccountResult.Rejected("The ID token is not a signed JWT.");
        }

        if (metadata.JwksUri is null || metadata.Issuer is null)
        {
            return AccountResult.Rejected("The provider has no keys to validate an ID token with.");
        }

        var keyId = string.IsNullOrEmpty(token.Kid) ? null : token.Kid;
        var candidates = await keys.FindAsync(provider.Name, metadata.JwksUri, TrustedOrigins.Of(provider), keyId, cancellationToken);
        if (candidates is null)
        {
            return new AccountResult(LegOutcome.Unavailable, Debug: "The provider's keys cannot be fetched.");
        }

        candidates = [.. candidates.Where(k => string.IsNullOrEmpty(k.Alg) || k.Alg == token.Alg)];
        if (candidates.Count == 0 || (keyId is null && candidates.Count > 1))
        {
            return AccountResult.Rejected("The ID token's key is unknown or ambiguous.");
        }

        var validated = await _handler.ValidateTokenAsync(token, Parameters(provider, metadata.Issuer, candidates));
        if (!validated.IsValid)
        {
            return AccountResult.Rejected($"The ID token is invalid: {validated.Exception?.GetType().Name}.");
        }

        return CheckClaims(token, provider, nonce);
    }

    /// <summary>Reads an ID token of a provider without published keys. It came straight from the configured token endpoint over TLS, which section 3.1.3.7 rule 6 lets stand for its signature; it never signs anyone in.</summary>
    public AccountResult ReadDirect(string idToken, Provider provider, string nonce)
    {
        if (Parse(idToken) is not { } token || !token.Audiences.Contains(provider.ClientId, StringComparer.Ordinal))
        {
            return AccountResult.Rejected("The ID token is not a signed JWT, or is for another party.");
        }

        return token.ValidTo > DateTime.MinValue && time.GetUtcNow().UtcDateTime < token.ValidTo + ClockSkew
            ? CheckClaims(token, provider, nonce)
            : AccountResult.Rejected("The ID token has expired.");
    }

    /// <summary>The account an ID token names that came straight from the token endpoint over TLS (section 3.1.3.7 rule 6), not otherwise validated; null when there is none.</summary>
    public string? ReadSubject(string idToken, Provider provider)
    {
        using var claims = Parse(idToken) is { } token ? Claims(token) : null;
        return claims is null ? null : AccountPolicy.Subject(claims.RootElement, provider.Identity);
    }

    private AccountResult CheckClaims(JsonWebToken token, Provider provider, string nonce)
    {
        var parties = token.Audiences.ToList();
        var authorizedParty = Claim(token, "azp");
        if ((parties.Count > 1 || authorizedParty is not null) && authorizedParty != provider.ClientId)
        {
            return AccountResult.Rejected("The ID token is authorized for another party.");
        }

        if (!token.TryGetPayloadValue<long>("iat", out var issuedAt) || issuedAt > (time.GetUtcNow() + ClockSkew).ToUnixTimeSeconds())
        {
            return AccountResult.Rejected("The ID token was issued at no time or in the future.");
        }

        var actual = Claim(token, "nonce");
        if (actual is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(actual), Encoding.UTF8.GetBytes(nonce)))
        {
            return AccountResult.Rejected("The ID token has another nonce.");
        }

        using var claims = Claims(token);
        return claims is not null && AccountPolicy.Read(claims.RootElement, provider.Identity) is { Subject: not null } account
            ? account
            : AccountResult.Rejected("The ID token has no usable subject.");
    }

    private JsonWebToken? Parse(string idToken)
    {
        if (idToken.Length > MaxLength || idToken.AsSpan().Count('.') != 2 || !_handler.CanReadToken(idToken))
        {
            return null;
        }

        try
        {
            var token = new JsonWebToken(idToken);
            return token.Typ is null or "" || token.Typ.Equals("JWT", StringComparison.OrdinalIgnoreCase) ? token : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    private TokenValidationParameters Parameters(Provider provider, string issuer, IEnumerable<JsonWebKey> candidates) => new()
    {
        ValidAlgorithms = Algorithms,
        ValidIssuer = issuer,
        ValidAudience = provider.ClientId,
        IssuerSigningKeys = candidates,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        LifetimeValidator = (notBefore, expires, _, _) =>
        {
            var now = time.GetUtcNow().UtcDateTime;
            return expires is not null && now < expires + ClockSkew && (notBefore is null || notBefore <= now + ClockSkew);
        },
    };

    private static JsonDocument? Claims(JsonWebToken token) => StrictJson.ParseObject(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));

    private static string? Claim(JsonWebToken token, string name) =>
        token.TryGetPayloadValue<object>(name, out var value) && value is string { Length: > 0 } text ? text : null;
}
