using System.Security.Cryptography;
using Keyholder.Authorization;
using Keyholder.OAuth;
using Keyholder.Server.Pages;
using Keyholder.Storage;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Finds the pending authorization request a page is about, for the browser that began it and no other.</summary>
internal sealed class PendingRequests(IAuthorizationRequestStore store)
{
    private const int IdBytes = 32;

    /// <summary>A fresh id.</summary>
    public static string CreateId() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(IdBytes));

    /// <summary>The request in whatever phase, or why this browser gets nothing.</summary>
    public async Task<(AuthorizationRequest? Request, PageError? Error)> FindAsync(HttpContext http, string? id)
    {
        if (!IsId(id) || await store.FindAsync(id!, http.RequestAborted) is not { } request)
        {
            return (null, PageErrors.RequestUnknown);
        }

        return SecretCookie.Browser.ReadHash(http.Request) is { } hash && CryptographicOperations.FixedTimeEquals(hash, request.BrowserHash)
            ? (request, null)
            : (null, PageErrors.OtherBrowser);
    }

    private static bool IsId(string? id)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        return id is not null && Base64UrlText.TryDecode(id, bytes);
    }
}
