using System.Security.Cryptography;
using System.Text;
using Keyholder.Resources;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Keyholder.Upstream;

/// <summary>Validates an ID token from a token endpoint (OpenID Connect Core section 3.1.3.7).</summary>
internal sealed class IdTokenValidator(JsonWebKeySource keys, TimeProvider time)
{
    private const int MaxLength = 16 * 1024;
    private const int MaxSubjectLength = 255;
    private const int MaxNameLength = 100;
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    /// <summary>Validates signature, issuer, audience, times, nonce and subject.</summary>
    public async Task<IdTokenResult> ValidateAsync(string idToken, Provider provider, ProviderMetadata metadata, string nonce, CancellationToken cancellationToken)
    {
        if (Parse(idToken) is not { } token)
        {
            return IdTokenResult.Rejected("The ID token is not a signed JWT.");
        }

        if (metadata.JwksUri is null || metadata.Issuer is null)
        {
            return IdTokenResult.Rejected("The provider has no keys to validate an ID token with.");
        }

        var keyId = string.IsNullOrEmpty(token.Kid) ? null : token.Kid;
        var candidates = await keys.FindAsync(provider.Name, metadata.JwksUri, TrustedOrigins.Of(provider), keyId, cancellationToken);
        if (candidates is null)
        {
            return new IdTokenResult(LegOutcome.Unavailable, Debug: "The provider's keys cannot be fetched.");
        }

        candidates = [.. candidates.Where(k => string.IsNullOrEmpty(k.Alg) || k.Alg == token.Alg)];
        if (candidates.Count == 0 || (keyId is null && candidates.Count > 1))
        {
            return IdTokenResult.Rejected("The ID token's key is unknown or ambiguous.");
        }

        var validated = await _handler.ValidateTokenAsync(token, Parameters(provider, metadata.Issuer, candidates));
        if (!validated.IsValid)
        {
            return IdTokenResult.Rejected($"The ID token is invalid: {validated.Exception?.GetType().Name}.");
        }

        return CheckClaims(token, provider, nonce);
    }

    /// <summary>The <c>sub</c> of an ID token that came straight from the token endpoint over TLS (section 3.1.3.7 rule 6), not otherwise validated; null when there is none.</summary>
    public string? ReadSubject(string idToken) => Parse(idToken) is { } token ? Claim(token, "sub") : null;

    private IdTokenResult CheckClaims(JsonWebToken token, Provider provider, string nonce)
    {
        var parties = token.Audiences.ToList();
        var authorizedParty = Claim(token, "azp");
        if ((parties.Count > 1 || authorizedParty is not null) && authorizedParty != provider.ClientId)
        {
            return IdTokenResult.Rejected("The ID token is authorized for another party.");
        }

        if (!token.TryGetPayloadValue<long>("iat", out var issuedAt) || issuedAt > (time.GetUtcNow() + ClockSkew).ToUnixTimeSeconds())
        {
            return IdTokenResult.Rejected("The ID token was issued at no time or in the future.");
        }

        var actual = Claim(token, "nonce");
        if (actual is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(actual), Encoding.UTF8.GetBytes(nonce)))
        {
            return IdTokenResult.Rejected("The ID token has another nonce.");
        }

        return Claim(token, "sub") is { } subject && subject.Length <= MaxSubjectLength && subject.All(c => c is >= ' ' and <= '~')
            ? new IdTokenResult(LegOutcome.Succeeded, subject, DisplayName(token))
            : IdTokenResult.Rejected("The ID token has no usable subject.");
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

    private static string? DisplayName(JsonWebToken token)
    {
        var name = Claim(token, "name") ?? Claim(token, "preferred_username") ?? Claim(token, "email");
        var shown = name is null ? "" : string.Concat(name.Where(c => !char.IsControl(c))).Trim();
        return shown.Length == 0 ? null : shown[..Math.Min(shown.Length, MaxNameLength)];
    }

    private static string? Claim(JsonWebToken token, string name) =>
        token.TryGetPayloadValue<object>(name, out var value) && value is string { Length: > 0 } text ? text : null;
}
