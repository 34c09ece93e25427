using Keyholder.Authorization;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Upstream.Discovery;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Sends the browser to a provider. The pending flow is stored immediately before, with fresh secrets each time.</summary>
internal sealed class UpstreamRedirect(
    IUpstreamLegs legs, ICredentialVault vault, IConnectionFlowStore flows, AuthorizationEnding ending, AuthorizationRateLimit rateLimit, OwnClient own, TimeProvider time)
{
    /// <summary>To obtain the subject's credential. A provider that cannot be used ends the request.</summary>
    public async Task<IResult> ConnectAsync(HttpContext http, AuthorizationRequest request, Provider provider)
    {
        var (answer, outcome) = await StartAsync(http, request, provider, ConnectionPurpose.Connect, LegPolicy.KeyOf(request, provider).Owner);
        return answer ?? await ending.FailAsync(http, request, Error(outcome).Because($"The redirect to {provider.Name} ended {outcome}."));
    }

    /// <summary>To learn who the person is. A provider that cannot be used leaves the other ways to sign in.</summary>
    public async Task<IResult> SignInAsync(HttpContext http, AuthorizationRequest request, Provider provider)
    {
        var (answer, outcome) = await StartAsync(http, request, provider, ConnectionPurpose.SignIn, owner: null);
        return answer ?? SignInFailed(request, outcome);
    }

    /// <summary>The page after a sign-in that failed at the provider.</summary>
    public static IResult SignInFailed(AuthorizationRequest request, LegOutcome outcome) => new ErrorPageResult(
        outcome switch
        {
            LegOutcome.Unavailable => PageErrors.ProviderUnavailable,
            LegOutcome.MixedUp => PageErrors.CallbackMixedUp,
            _ => PageErrors.ProviderSignInFailed,
        },
        AuthorizationPaths.ContinueUrl(request.Id));

    /// <summary>What the client learns of a leg that failed.</summary>
    public static OAuthError Error(LegOutcome outcome) => outcome switch
    {
        LegOutcome.Denied => OAuthErrors.AccessDenied,
        LegOutcome.Unavailable => OAuthErrors.TemporarilyUnavailable,
        _ => OAuthErrors.ServerError,
    };

    private async Task<(IResult? Answer, LegOutcome Outcome)> StartAsync(
        HttpContext http, AuthorizationRequest request, Provider provider, ConnectionPurpose purpose, CredentialOwner? owner)
    {
        if (!rateLimit.Admit(http.Connection.RemoteIpAddress))
        {
            return (new TooManyRequestsResult(AuthorizationPaths.ContinueUrl(request.Id)), LegOutcome.Unavailable);
        }

        var askedAt = time.GetUtcNow(); // before what is demanded is read: what comes later is not asked for
        var demanded = owner is null ? [] : await vault.DemandedScopesAsync(new CredentialKey(owner, provider.Name), http.RequestAborted);
        var (leg, outcome) = await legs.StartAsync(provider, own.CallbackOf(provider), purpose == ConnectionPurpose.SignIn, demanded, http.RequestAborted);
        if (leg is null)
        {
            return (null, outcome);
        }

        var flow = new ConnectionFlow
        {
            StateHash = leg.StateHash,
            Purpose = purpose,
            Provider = provider.Name,
            BrowserHash = request.BrowserHash,
            AuthorizationRequestId = request.Id,
            Owner = owner,
            SealedSecrets = leg.SealedSecrets,
            CreatedAt = askedAt,
            ExpiresAt = request.ExpiresAt,
        };
        await flows.AddAsync(flow, http.RequestAborted);
        return (new SeeOtherResult(leg.RedirectTo.AbsoluteUri), LegOutcome.Succeeded);
    }
}
