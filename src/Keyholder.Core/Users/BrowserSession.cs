using System.Security.Cryptography;
using Keyholder.OAuth;

namespace Keyholder.Users;

/// <summary>A person signed in at a browser. The cookie's secret is stored hashed.</summary>
/// <param name="SecretHash">SHA-256 of the cookie's 32 random bytes; the row's key.</param>
/// <param name="UserId">Who is signed in.</param>
/// <param name="AuthenticatedAt">When the person proved who they are (<c>auth_time</c>).</param>
/// <param name="ExpiresAt">When the browser has to sign in again.</param>
public sealed record BrowserSession(byte[] SecretHash, string UserId, DateTimeOffset AuthenticatedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>What the id of every browser session begins with.</summary>
    public const string IdPrefix = "kh_bs_";

    private const int IdSize = 16;

    /// <summary>The id it can be revoked by. Made from the stored hash, from which nobody gets to the hash or the secret.</summary>
    public string Id => IdOf(SecretHash);

    /// <summary>The <see cref="Id"/> of the browser session with that secret.</summary>
    public static string IdOf(byte[] secretHash) => IdPrefix + Base64UrlText.Encode(SHA256.HashData(secretHash).AsSpan(0, IdSize));

    /// <inheritdoc />
    public override string ToString() => $"browser session of {UserId}";
}
