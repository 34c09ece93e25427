using System.Security.Cryptography;
using Keyholder.OAuth;
using Microsoft.Extensions.Primitives;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>A cookie of 32 random bytes that only this host can set and only the server can read. The server keeps nothing but its SHA-256.</summary>
internal sealed class SecretCookie(string name)
{
    private const int Size = 32;

    /// <summary>Ties a browser to the authorization requests it began.</summary>
    public static SecretCookie Browser { get; } = new("__Host-kh_browser");

    /// <summary>Proves that a person is signed in at a browser.</summary>
    public static SecretCookie Session { get; } = new("__Host-kh_session");

    /// <summary>
    /// SHA-256 of the presented secret; null when there is none, or not one Keyholder could have set. The header is read letter for letter, and a name that comes
    /// twice is nobody's: what the <c>__Host-</c> prefix keeps others from planting must not get in through a parser that forgives.
    /// </summary>
    public byte[]? ReadHash(HttpRequest request)
    {
        Span<byte> secret = stackalloc byte[Size];
        return Find(request.Headers.Cookie) is { } text && Base64UrlText.TryDecode(text, secret) ? SHA256.HashData(secret) : null;
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

    private string? Find(StringValues headers)
    {
        string? found = null;
        foreach (var header in headers)
        {
            foreach (var range in header.AsSpan().Split(';'))
            {
                var pair = header.AsSpan()[range].Trim(' ');
                if (pair.Length <= name.Length || pair[name.Length] != '=' || !pair.StartsWith(name, StringComparison.Ordinal))
                {
                    continue;
                }

                if (found is not null)
                {
                    return null;
                }

                found = pair[(name.Length + 1)..].ToString();
            }
        }

        return found;
    }

    private static CookieOptions Options() => new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" };
}
