using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Storage;
using Keyholder.Upstream;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Keyholder.Clients;

/// <summary>
/// Validates the JWTs clients authenticate themselves with (RFC 7523 section 3): signed by a key of the client, issued by and about it, for this server, for a short time and
/// once only, whichever node it is presented to.
/// </summary>
public sealed class ClientAssertions
{
    /// <summary>The one <c>client_assertion_type</c>.</summary>
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private const int MaxLength = 8 * 1024;
    private const int MaxIdLength = 256;
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    private readonly string[] _audiences;
    private readonly JsonWebKeySource _keys;
    private readonly ClientMetadataDocumentOptions _documents;
    private readonly IClientAssertionStore _used;
    private readonly TimeProvider _time;

    /// <summary>Validation for one issuer. The endpoints clients authenticate at are accepted as audience too (RFC 9126 section 2), as older clients send them.</summary>
    public ClientAssertions(
        Issuer issuer, GuardedHttp http, UpstreamOptions upstream, ClientMetadataDocumentOptions documents, IClientAssertionStore used, TimeProvider time)
    {
        _audiences = [issuer.Value, issuer.At(EndpointPaths.Token), issuer.At(EndpointPaths.PushedAuthorizationRequest)];
        _keys = new JsonWebKeySource(http, upstream, time);
        _documents = documents;
        _used = used;
        _time = time;
    }

    /// <summary>The signature algorithms taken, as the metadata lists them.</summary>
    public static IReadOnlyList<string> Algorithms { get; } =
    [
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
    ];

    /// <summary>Who an assertion says it is by, before anything is believed; null when it is not a JWT or names nobody.</summary>
    internal static string? ReadSubject(string assertion) => Parse(assertion)?.Subject is { Length: > 0 } subject ? subject : null;

    /// <summary>
    /// The client, authenticated; <see cref="OAuthErrors.InvalidClient"/> when the assertion proves nothing, <see cref="OAuthErrors.TemporarilyUnavailable"/> when the client's keys cannot
    /// be fetched. What the store throws is infrastructure.
    /// </summary>
    internal async Task<OAuthResult<Client>> ValidateAsync(Client client, string assertion, CancellationToken cancellationToken)
    {
        if (Parse(assertion) is not { } token)
        {
            return Refuse(client, "is not a JWT");
        }

        var keyId = string.IsNullOrEmpty(token.Kid) ? null : token.Kid;
        var keys = await FindKeysAsync(client, keyId, cancellationToken);
        if (keys is null)
        {
            return OAuthErrors.TemporarilyUnavailable.Because($"The keys of {client} cannot be fetched.");
        }

        var validated = await Handler.ValidateTokenAsync(token, Parameters(client, [.. keys.Where(key => string.IsNullOrEmpty(key.Alg) || key.Alg == token.Alg)]));
        if (!validated.IsValid)
        {
            return Refuse(client, $"is invalid: {validated.Exception?.GetType().Name}");
        }

        if (FindWrongClaim(client, token) is { } claim)
        {
            return Refuse(client, $"has a wrong {claim}");
        }

        var now = _time.GetUtcNow();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(token.Id));
        return await _used.TryUseAsync(client.Id, hash, token.ValidTo + ClockSkew, now, cancellationToken) ? client : Refuse(client, "was presented before");
    }

    private static OAuthError Refuse(Client client, string problem) => OAuthErrors.InvalidClient.Because($"The assertion of {client} {problem}.");

    private static JsonWebToken? Parse(string assertion)
    {
        if (assertion.Length > MaxLength || assertion.AsSpan().Count('.') != 2 || !Handler.CanReadToken(assertion))
        {
            return null;
        }

        try
        {
            var token = new JsonWebToken(assertion);
            return token.Typ is null or "" or "JWT" or "jwt" or "client-authentication+jwt" ? token : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<JsonWebKey>?> FindKeysAsync(Client client, string? keyId, CancellationToken cancellationToken)
    {
        if (client.Jwks is { } jwks)
        {
            return JsonWebKeySource.Matching(JsonWebKeySource.Read(Encoding.UTF8.GetBytes(jwks)) ?? [], keyId);
        }

        if (client.JwksUri is not { } address)
        {
            return [];
        }

        var uri = new Uri(address);
        var isTrusted = client.Source == ClientSource.Configured || (_documents.AllowLoopback && RedirectUriPolicy.IsLoopback(address));
        return await _keys.FindAsync(client.Id, uri, isTrusted ? TrustedOrigins.Only(uri) : TrustedOrigins.None, keyId, cancellationToken);
    }

    private string? FindWrongClaim(Client client, JsonWebToken token)
    {
        var now = _time.GetUtcNow();
        return token.Subject != client.Id ? "sub"
            : token.Audiences.ToList() is not [var audience] || !_audiences.Contains(audience) ? "aud"
            : token.ValidTo > (now + MaxLifetime + ClockSkew).UtcDateTime ? "exp: it is too far ahead"
            : token.TryGetPayloadValue<long>("iat", out var issuedAt) && issuedAt > (now + ClockSkew).ToUnixTimeSeconds() ? "iat"
            : token.Id is not { Length: > 0 and <= MaxIdLength } ? "jti"
            : null;
    }

    private TokenValidationParameters Parameters(Client client, IReadOnlyList<JsonWebKey> keys) => new()
    {
        ValidAlgorithms = Algorithms,
        ValidIssuer = client.Id,
        ValidateAudience = false,
        IssuerSigningKeys = keys,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        LifetimeValidator = (notBefore, expires, _, _) =>
        {
            var now = _time.GetUtcNow().UtcDateTime;
            return expires is not null && now < expires + ClockSkew && (notBefore is null || notBefore <= now + ClockSkew);
        },
    };
}
