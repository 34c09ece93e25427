namespace Keyholder.Users;

/// <summary>A person signed in at a browser. The cookie's secret is stored hashed.</summary>
/// <param name="SecretHash">SHA-256 of the cookie's 32 random bytes; the row's key.</param>
/// <param name="UserId">Who is signed in.</param>
/// <param name="AuthenticatedAt">When the person proved who they are (<c>auth_time</c>).</param>
/// <param name="ExpiresAt">When the browser has to sign in again.</param>
public sealed record BrowserSession(byte[] SecretHash, string UserId, DateTimeOffset AuthenticatedAt, DateTimeOffset ExpiresAt)
{
    /// <inheritdoc />
    public override string ToString() => $"browser session of {UserId}";
}
