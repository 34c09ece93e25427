using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Users;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Who is signed in at the browser of a request.</summary>
internal sealed class SignedInBrowser(IBrowserSessionStore store, RevocationIndex revocations, Keyholder.Authorization.AuthorizationOptions options, TimeProvider time)
{
    /// <summary>The browser session and its user; null when nobody is signed in, the user is disabled, or the kill switch matches or cannot tell.</summary>
    public async Task<(BrowserSession Session, User User)?> FindAsync(HttpContext http)
    {
        var now = time.GetUtcNow();
        return SecretCookie.Session.ReadHash(http.Request) is { } hash
            && await store.FindAsync(hash, now, http.RequestAborted) is { } found
            && revocations.Judge(found.Session, now) == RevocationVerdict.Clear
                ? found
                : null;
    }

    /// <summary>Signs a user in under a fresh secret (whatever the browser brought stops working) and ends the session before.</summary>
    /// <param name="http">The request of the browser.</param>
    /// <param name="user">Who signs in.</param>
    /// <param name="means">How, for the audit trail: <c>password</c> or <c>provider NAME</c>.</param>
    public async Task SignInAsync(HttpContext http, User user, string means)
    {
        await EndAsync(http, "signed in again");
        var now = time.GetUtcNow();
        var expiresAt = now + options.BrowserSessionLifetime;
        var hash = SecretCookie.Session.Set(http.Response, expiresAt);
        var audit = Audit(http, AuditActions.SignInSucceeded, hash, means) with { Actor = Subject.User(user.Id).ToString() };
        await store.AddAsync(new BrowserSession(hash, user.Id, now, expiresAt), audit, http.RequestAborted);
    }

    /// <summary>Signs the browser out.</summary>
    public async Task SignOutAsync(HttpContext http)
    {
        await EndAsync(http, reason: null);
        SecretCookie.Session.Delete(http.Response);
    }

    private async Task EndAsync(HttpContext http, string? reason)
    {
        if (SecretCookie.Session.ReadHash(http.Request) is { } hash)
        {
            await store.DeleteAsync(hash, Audit(http, AuditActions.SignedOut, hash, reason), http.RequestAborted);
        }
    }

    private AuditEvent Audit(HttpContext http, string action, byte[] hash, string? reason)
    {
        var origin = http.Origin();
        return new AuditEvent
        {
            At = time.GetUtcNow(),
            Action = action,
            Actor = "anonymous",
            Target = "browser_session:" + BrowserSession.IdOf(hash),
            Reason = reason,
            RemoteAddress = origin.RemoteAddress,
            RequestId = origin.RequestId,
        };
    }
}
