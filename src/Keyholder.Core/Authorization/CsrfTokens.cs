using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Vault;

namespace Keyholder.Authorization;

/// <summary>
/// The hidden field that proves a form was rendered by Keyholder for this browser, this request and what was shown. Nothing is stored, so every open tab has a valid one.
/// </summary>
public sealed class CsrfTokens(ServerSecrets secrets)
{
    private readonly byte[] _key = secrets.Derive("csrf");

    /// <summary>The token of a form.</summary>
    /// <param name="browserHash">SHA-256 of the browser-binding cookie.</param>
    /// <param name="context">The form's name, then everything the form must not outlive a change of.</param>
    public string Create(byte[] browserHash, params ReadOnlySpan<string> context) => Base64UrlText.Encode(Compute(browserHash, context));

    /// <summary>Whether <paramref name="token"/> is the one <see cref="Create"/> makes; in constant time.</summary>
    public bool Verify(string? token, byte[] browserHash, params ReadOnlySpan<string> context)
    {
        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return token is not null
            && Base64UrlText.TryDecode(token, presented)
            && CryptographicOperations.FixedTimeEquals(presented, Compute(browserHash, context));
    }

    private byte[] Compute(byte[] browserHash, ReadOnlySpan<string> context)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData(browserHash);
        foreach (var part in context)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            mac.AppendData(BitConverter.GetBytes(bytes.Length));
            mac.AppendData(bytes);
        }

        return mac.GetHashAndReset();
    }
}
