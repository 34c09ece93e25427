using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;

namespace Keyholder.Tokens;

/// <summary>An ES256 key pair (P-256, RFC 7518 section 3.4) with its times. Safe for concurrent use: every operation has a cryptographic object to itself.</summary>
public sealed class SigningKey
{
    /// <summary>The length of a signature: r ‖ s (RFC 7518 section 3.4).</summary>
    public const int SignatureSize = 64;

    private readonly ConcurrentBag<ECDsa> _idle = [];
    private readonly ECParameters _parameters;

    private SigningKey(ECParameters parameters, DateTimeOffset signsFrom)
    {
        _parameters = parameters;
        SignsFrom = signsFrom;
        X = Base64UrlText.Encode(parameters.Q.X);
        Y = Base64UrlText.Encode(parameters.Q.Y);
        Id = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""")));
        EncodedHeader = Base64UrlText.Encode(Encoding.ASCII.GetBytes($$"""{"typ":"at+jwt","alg":"ES256","kid":"{{Id}}"}"""));
    }

    /// <summary>The <c>kid</c>: RFC 7638 thumbprint.</summary>
    public string Id { get; }

    /// <summary>The first segment of every token signed with the key. There is no other header, so validation compares text instead of trusting a parser.</summary>
    public string EncodedHeader { get; }

    /// <summary>The public point's coordinates in base64url.</summary>
    public string X { get; }

    /// <inheritdoc cref="X"/>
    public string Y { get; }

    /// <summary>From when on the key signs; before, it is only published.</summary>
    public DateTimeOffset SignsFrom { get; }

    /// <summary>A new key.</summary>
    public static SigningKey Create(DateTimeOffset signsFrom)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SigningKey(ecdsa.ExportParameters(includePrivateParameters: true), signsFrom);
    }

    /// <summary>Reads PKCS#8.</summary>
    /// <exception cref="CryptographicException">The bytes are not a private key on P-256.</exception>
    public static SigningKey Import(ReadOnlySpan<byte> pkcs8, DateTimeOffset signsFrom)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
        var parameters = ecdsa.ExportParameters(includePrivateParameters: true);
        return parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
            ? new SigningKey(parameters, signsFrom)
            : throw new CryptographicException("The signing key is not on P-256.");
    }

    /// <summary>The private key as PKCS#8. Secret: seal it at once.</summary>
    public byte[] Export()
    {
        using var ecdsa = ECDsa.Create(_parameters);
        return ecdsa.ExportPkcs8PrivateKey();
    }

    /// <summary>Signs into exactly <see cref="SignatureSize"/> bytes.</summary>
    public void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        var ecdsa = Rent();
        ecdsa.SignData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        _idle.Add(ecdsa);
    }

    /// <summary>Whether the signature is by this key.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var ecdsa = Rent();
        var genuine = ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        _idle.Add(ecdsa);
        return genuine;
    }

    /// <inheritdoc />
    public override string ToString() => $"signing key {Id}";

    private ECDsa Rent() => _idle.TryTake(out var ecdsa) ? ecdsa : ECDsa.Create(_parameters);
}
