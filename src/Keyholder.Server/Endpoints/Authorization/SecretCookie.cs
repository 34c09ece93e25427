using System.Security.Cryptography;
using Keyholder.OAuth;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>A cookie of 32 random bytes that only this host can set and only the server can read. The server keeps nothing but its SHA-256.</summary>
internal sealed class SecretCookie(string name)
{
    private const int Size = 32;

    /// <summary>Ties a browser to the authorization requests it began.</summary>
    public static SecretCookie Browser { get; } = new("__Host-kh_browser");

    /// <summary>Proves that a person is signed in at a browser.</summary>
    public static SecretCookie Session { get; } = new("__Host-kh_session");

    /// <summary>SHA-256 of the presented secret; null when there is none, or not one Keyholder could have set.</summary>
    public byte[]? ReadHash(HttpRequest request)
    {
        Span<byte> secret = stackalloc byte[Size];
        return request.Cookies[name] is { } text && Base64UrlText.TryDecode(text, secret) ? SHA256.HashData(secret) : null;
    }

    /// <summary>Sets a fresh secret and returns its SHA-256.</summary>
    /// <param name="response">The response to set it with.</param>
    /// <param name="expires">When the browser may forget it; null = when it closes.</param>
    public byte[] Set(HttpResponse response, DateTimeOffset? expires = null)
    {
        var secret = RandomNumberGenerator.GetBytes(Size);
        var options = Options();
        options.Expires = expires;
        response.Cookies.Append(name, Base64UrlText.Encode(secret), options);
        return SHA256.HashData(secret);
    }

    /// <summary>Makes the browser forget the secret.</summary>
    public void Delete(HttpResponse response) => response.Cookies.Delete(name, Options());

    private static CookieOptions Options() => new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" };
}
