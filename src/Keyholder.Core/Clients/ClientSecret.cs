using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;

namespace Keyholder.Clients;

/// <summary>Client secrets: 256 random bits, of which only the SHA-256 is kept. They need no slow hash because nobody can guess them.</summary>
public static class ClientSecret
{
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    /// <summary>A new secret: 43 characters of base64url.</summary>
    public static string Create() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored of <paramref name="secret"/>: the SHA-256 of its UTF-8 bytes.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether <paramref name="secret"/> has the stored <paramref name="hash"/>. Takes as long without a hash as with one, and is then false.</summary>
    public static bool Matches(string secret, byte[]? hash) =>
        CryptographicOperations.FixedTimeEquals(Hash(secret), hash ?? NoHash) & hash is not null;
}
