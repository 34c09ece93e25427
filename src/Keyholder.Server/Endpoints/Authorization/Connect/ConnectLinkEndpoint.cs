using System.Security.Cryptography;
using Keyholder.Authorization;
using Keyholder.Authorization.Connect;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Server.Pages;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Endpoints.Authorization.Connect;

/// <summary>
/// Opens a connect link: begins, for this browser, the request that connects what the link is for. Nothing more happens until the person has shown to be the one the link is for and has
/// said yes on a page.
/// </summary>
internal sealed class ConnectLinkEndpoint(
    ConnectLinks links,
    ConnectingKeys keys,
    IResourceSource resources,
    ISessionStore sessions,
    RevocationIndex revocations,
    IAuthorizationRequestStore store,
    AuthorizationRateLimit rateLimit,
    Keyholder.Authorization.AuthorizationOptions options,
    TimeProvider time)
{
    public async Task<IResult> GetAsync(HttpContext http, string id)
    {
        if (!rateLimit.Admit(http.Connection.RemoteIpAddress))
        {
            return new TooManyRequestsResult();
        }

        if (await links.FindAsync(id, http.RequestAborted) is not { } link || !await IsLiveAsync(link, http.RequestAborted))
        {
            return new ErrorPageResult(PageErrors.ConnectLinkUnknown);
        }

        var known = SecretCookie.Browser.ReadHash(http.Request);
        if (!await IsForBrowserAsync(link, known, http.RequestAborted))
        {
            return new ErrorPageResult(PageErrors.OtherBrowser);
        }

        var request = Begin(link, known ?? SecretCookie.Browser.Set(http.Response));
        await store.AddAsync(request, http.RequestAborted);
        return new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
    }

    private async Task<bool> IsLiveAsync(ConnectLink link, CancellationToken cancellationToken) =>
        (link.Session is not { } session || await IsLiveAsync(session, cancellationToken)) && (link.Key is not { } key || await IsLiveAsync(key, link, cancellationToken));

    private async Task<bool> IsLiveAsync(SessionId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await sessions.FindAsync(id, cancellationToken) is { } session && session.IsActive(now) && revocations.Judge(session, now) == RevocationVerdict.Clear;
    }

    private async Task<bool> IsLiveAsync(string key, ConnectLink link, CancellationToken cancellationToken)
    {
        if (resources.Current.FindByUri(link.Resource) is not { } resource)
        {
            return false;
        }

        var (outcome, _) = await keys.JudgeAsync(key, link.Session, link.ClientId, resource, link.ExpiresAt - ConnectLinks.Lifetime, cancellationToken);
        return outcome == VirtualKeyUseOutcome.Allowed;
    }

    /// <summary>An anonymous session has nobody who could sign in: it is the browser's that approved it, as long as that is remembered.</summary>
    private async Task<bool> IsForBrowserAsync(ConnectLink link, byte[]? browserHash, CancellationToken cancellationToken) =>
        link.Subject is not { Kind: SubjectKind.Session }
        || (browserHash is not null
            && await store.FindBySessionAsync(link.Session!.Value, cancellationToken) is { } approved
            && CryptographicOperations.FixedTimeEquals(approved.BrowserHash, browserHash));

    private AuthorizationRequest Begin(ConnectLink link, byte[] browserHash)
    {
        var now = time.GetUtcNow();

        // Who connects a key shows it by signing in, with the key or as somebody who may.
        var subject = link.Key is null ? link.Subject : null;
        return new AuthorizationRequest
        {
            Id = PendingRequests.CreateId(),
            Phase = subject is null ? AuthorizationPhase.SignIn : AuthorizationPhase.Consent,
            Purpose = link.Purpose,
            BrowserHash = browserHash,
            SessionId = SessionId.Create(),
            ConnectedSession = link.Session,
            ConnectedKey = link.Key,
            ConnectLinkHash = link.Key is null ? null : link.IdHash,
            ClientId = link.ClientId,
            RedirectUri = "",
            RedirectUriWasSent = false,
            CodeChallenge = "",
            Resource = link.Resource,
            Scopes = [],
            Subject = subject,
            Legs = [.. link.Providers.Select(provider => new AuthorizationLeg(provider, Required: true))],
            CreatedAt = now,
            ExpiresAt = now + options.RequestLifetime,
        };
    }
}
