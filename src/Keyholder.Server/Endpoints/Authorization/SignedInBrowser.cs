using Keyholder.Storage;
using Keyholder.Users;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Who is signed in at the browser of a request.</summary>
internal sealed class SignedInBrowser(IBrowserSessionStore store, Keyholder.Authorization.AuthorizationOptions options, TimeProvider time)
{
    /// <summary>The browser session and its user; null when nobody is signed in or the user is disabled.</summary>
    public async Task<(BrowserSession Session, User User)?> FindAsync(HttpContext http) =>
        SecretCookie.Session.ReadHash(http.Request) is { } hash ? await store.FindAsync(hash, time.GetUtcNow(), http.RequestAborted) : null;

    /// <summary>Signs a user in under a fresh secret (whatever the browser brought stops working) and ends the session before.</summary>
    public async Task SignInAsync(HttpContext http, User user)
    {
        await EndAsync(http);
        var now = time.GetUtcNow();
        var expiresAt = now + options.BrowserSessionLifetime;
        var hash = SecretCookie.Session.Set(http.Response, expiresAt);
        await store.AddAsync(new BrowserSession(hash, user.Id, now, expiresAt), http.RequestAborted);
    }

    /// <summary>Signs the browser out.</summary>
    public async Task SignOutAsync(HttpContext http)
    {
        await EndAsync(http);
        SecretCookie.Session.Delete(http.Response);
    }

    private async Task EndAsync(HttpContext http)
    {
        if (SecretCookie.Session.ReadHash(http.Request) is { } hash)
        {
            await store.DeleteAsync(hash, http.RequestAborted);
        }
    }
}
