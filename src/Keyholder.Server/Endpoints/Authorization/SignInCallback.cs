using Keyholder.Authorization;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Upstream;
using Keyholder.Upstream.Discovery;
using Keyholder.Users;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>The end of a redirect that was to show who the person is. The provider's tokens are dropped: nobody approved keeping them.</summary>
internal sealed partial class SignInCallback(
    IUpstreamLegs legs, OwnClient own, MixUpRecord mixUps, ProviderSignIn users, SignedInBrowser signedIn, ILogger<SignInCallback> logger)
{
    public async Task<IResult> FinishAsync(HttpContext http, AuthorizationRequest request, Provider provider, ConnectionFlow flow, LegCallback response)
    {
        if (!AuthorizationPages.IsSignInProvider(provider))
        {
            return new ErrorPageResult(PageErrors.ProviderUnknown, AuthorizationPaths.ContinueUrl(request.Id));
        }

        var leg = await legs.CompleteAsync(provider, own.CallbackOf(provider), flow, response, http.RequestAborted);
        if (leg.Outcome != LegOutcome.Succeeded || string.IsNullOrEmpty(leg.Subject))
        {
            await mixUps.AddAsync(http, request, provider, leg);
            LogFailed(provider.Name, leg.Outcome, leg.Debug ?? "no subject", http.TraceIdentifier);
            return UpstreamRedirect.SignInFailed(request, leg.Outcome);
        }

        var identity = new ProviderIdentity(provider.Name, leg.Subject);
        var user = await users.SignInAsync(identity, leg.DisplayName, http.Origin(), http.RequestAborted);
        if (user is null)
        {
            return new ErrorPageResult(PageErrors.UserDisabled);
        }

        await signedIn.SignInAsync(http, user, ProviderSignIn.Means(identity));
        return new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
    }

    [LoggerMessage(1102, LogLevel.Warning, "Signing in with provider {Provider} ended {Outcome}: {Reason}; request id {RequestId}")]
    private partial void LogFailed(string provider, LegOutcome outcome, string reason, string requestId);
}
