using Keyholder.Authorization;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Upstream.Discovery;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>The end of a redirect that was to obtain a credential. It counts only while it is the turn of the pending flow's provider, and for the person whose turn it is.</summary>
internal sealed class ConnectCallback(
    IUpstreamLegs legs,
    OwnClient own,
    MixUpRecord mixUps,
    IResourceSource resources,
    AuthorizationDispatcher dispatcher,
    SignedInBrowser signedIn,
    LegCompletion completion,
    ICredentialRefusalStore demands,
    AuthorizationEnding ending)
{
    public async Task<IResult> FinishAsync(HttpContext http, AuthorizationRequest request, Provider provider, ConnectionFlow flow, LegCallback response)
    {
        var found = await signedIn.FindAsync(http);
        var decision = await dispatcher.DecideAsync(request, found?.Session, http.RequestAborted);
        if (decision.Step is not (AuthorizationStep.Connect or AuthorizationStep.OfferConnection) || flow.Owner != LegPolicy.KeyOf(request, provider).Owner)
        {
            return new ErrorPageResult(PageErrors.SubjectChanged, AuthorizationPaths.ContinueUrl(request.Id));
        }

        if (decision.Provider!.Name != provider.Name)
        {
            return new ErrorPageResult(PageErrors.CallbackOutOfTurn, AuthorizationPaths.ContinueUrl(request.Id));
        }

        var leg = await legs.CompleteAsync(provider, own.CallbackOf(provider), flow, response, http.RequestAborted);
        if (leg.Outcome == LegOutcome.Succeeded && !LegPolicy.IsSameAccount(request, provider, leg.Subject, resources.Current))
        {
            leg = new CompletedLeg(LegOutcome.Rejected, Debug: "The leg was completed with another account than an earlier one of the same issuer.");
        }

        if (leg is { Outcome: LegOutcome.Succeeded, Tokens: { } tokens })
        {
            return await completion.KeepAsync(http, request, provider, tokens, leg.Subject, flow);
        }

        if (leg.Outcome is LegOutcome.Denied or LegOutcome.Rejected)
        {
            await demands.WithdrawDemandsAsync(LegPolicy.KeyOf(request, provider), http.RequestAborted);
        }

        await mixUps.AddAsync(http, request, provider, leg);
        var page = leg.Outcome == LegOutcome.MixedUp ? PageErrors.CallbackMixedUp : null;
        return request.NextLeg is { Required: false }
            ? new ErrorPageResult(page ?? PageErrors.ProviderNotConnected, AuthorizationPaths.ContinueUrl(request.Id))
            : await ending.FailAsync(
                http, request, UpstreamRedirect.Error(leg.Outcome).Because($"Connecting to {provider.Name} ended {leg.Outcome}: {leg.Debug ?? "no tokens"}"), page: page);
    }
}
