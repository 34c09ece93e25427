using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;

namespace Keyholder.Sessions;

/// <summary>Proof key for code exchange, method S256 (RFC 7636).</summary>
public static class ProofKey
{
    private const int MinLength = 43;
    private const int MaxLength = 128;

    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>Whether a challenge can be an S256 one: 43 characters of canonical base64url (section 4.2).</summary>
    public static bool IsChallenge(string challenge)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        return Base64UrlText.TryDecode(challenge, hash);
    }

    /// <summary>Whether <paramref name="verifier"/>, 43 to 128 unreserved characters (section 4.1), is the one behind <paramref name="challenge"/>. Constant time in the comparison.</summary>
    public static bool Verifies(string verifier, string challenge)
    {
        if (verifier.Length is < MinLength or > MaxLength || verifier.AsSpan().ContainsAnyExcept(Unreserved))
        {
            return false;
        }

        Span<byte> ascii = stackalloc byte[MaxLength];
        var length = Encoding.ASCII.GetBytes(verifier, ascii);
        Span<byte> actual = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ascii[..length], actual);
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        return Base64UrlText.TryDecode(challenge, expected) && CryptographicOperations.FixedTimeEquals(actual, expected);
    }
}
