using System.Security.Cryptography;
using DemoUpstream.Control;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DemoUpstream.Provider;

/// <summary>Issues ID tokens (OpenID Connect Core section 2), sound or broken as the switches ask.</summary>
internal sealed class IdTokenIssuer(TimeProvider clock, PublicAddress address, DemoUpstreamOptions options)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly Lazy<SecurityKey> _key = new(() => NewKey(options.SigningAlgorithm));
    private readonly Lazy<SecurityKey> _foreignKey = new(() => NewKey(options.SigningAlgorithm));

    /// <summary>The public half of the signing key as a JWK.</summary>
    public object PublicKey => _key.Value switch
    {
        ECDsaSecurityKey key => Ec(key),
        RsaSecurityKey key => Rsa(key),
        _ => throw new InvalidOperationException("The signing key is neither EC nor RSA."),
    };

    public string Issue(DemoAuthorization authorization, IdTokenFault fault)
    {
        var now = clock.GetUtcNow();
        var issuedAt = fault is IdTokenFault.Expired ? now - TimeSpan.FromHours(2) : now;
        var claims = new Dictionary<string, object>
        {
            ["sub"] = authorization.Account,
            ["preferred_username"] = authorization.Account,
            ["auth_time"] = issuedAt.ToUnixTimeSeconds(),
        };
        if (authorization.Nonce is { } nonce && fault is not IdTokenFault.MissingNonce)
            claims["nonce"] = fault is IdTokenFault.WrongNonce ? nonce + "x" : nonce;

        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = fault is IdTokenFault.WrongIssuer ? MetadataEndpoints.ForeignIssuer : address.Value,
            Audience = fault is IdTokenFault.WrongAudience ? "another-client" : authorization.ClientId,
            IssuedAt = issuedAt.UtcDateTime,
            Expires = (issuedAt + Lifetime).UtcDateTime,
            Claims = claims,
            SigningCredentials = fault switch
            {
                IdTokenFault.NoSignature => null,
                IdTokenFault.WrongKey => new SigningCredentials(_foreignKey.Value, options.SigningAlgorithm),
                _ => new SigningCredentials(_key.Value, options.SigningAlgorithm),
            },
        });
    }

    private static SecurityKey NewKey(string algorithm) => algorithm is "RS256"
        ? new RsaSecurityKey(RSA.Create(2048)) { KeyId = "demo-key" }
        : new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "demo-key" };

    private static object Ec(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return new { kty = "EC", use = "sig", alg = "ES256", kid = key.KeyId, crv = "P-256", x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) };
    }

    private static object Rsa(RsaSecurityKey key)
    {
        var numbers = key.Rsa.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = key.KeyId, n = Base64UrlEncoder.Encode(numbers.Modulus), e = Base64UrlEncoder.Encode(numbers.Exponent) };
    }
}
