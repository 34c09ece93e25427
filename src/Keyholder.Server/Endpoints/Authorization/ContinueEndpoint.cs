using Keyholder.Authorization;
using Keyholder.Server.Pages;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Where every step leads back to: asks the dispatcher what is next and shows that page, makes that transition, or ends the request.</summary>
internal sealed class ContinueEndpoint(
    PendingRequests requests,
    SignedInBrowser signedIn,
    AuthorizationDispatcher dispatcher,
    IAuthorizationRequestStore store,
    AuthorizationPages pages,
    UpstreamRedirect upstream,
    AuthorizationEnding ending,
    TimeProvider time)
{
    public async Task<IResult> GetAsync(HttpContext http)
    {
        var (request, error) = await requests.FindAsync(http, http.Request.Query["request"]);
        if (request is null)
        {
            return new ErrorPageResult(error!);
        }

        var found = await signedIn.FindAsync(http);
        var decision = await dispatcher.DecideAsync(request, found?.Session, http.RequestAborted);
        switch (decision.Step)
        {
            case AuthorizationStep.SignIn:
                return pages.SignIn(request, decision);
            case AuthorizationStep.AcceptSignIn:
                var session = found!.Value.Session;
                await store.SignInAsync(request.Id, Subject.User(session.UserId), session.AuthenticatedAt, time.GetUtcNow(), http.RequestAborted);
                return Again(request);
            case AuthorizationStep.AcceptAnonymous:
                var now = time.GetUtcNow();
                await store.SignInAsync(request.Id, Subject.Of(request.SessionId), now, now, http.RequestAborted);
                return Again(request);
            case AuthorizationStep.Consent:
                return await pages.ConsentAsync(request, decision, found?.User, http.RequestAborted);
            case AuthorizationStep.AcceptConsent:
                await store.ConsentAsync(request.Id, consent: null, audit: null, time.GetUtcNow(), http.RequestAborted);
                return Again(request);
            case AuthorizationStep.ConfirmConnection:
                return pages.ConfirmConnection(request, decision, found?.User);
            case AuthorizationStep.PlanLegs:
                await store.PlanAsync(request.Id, decision.Legs!, time.GetUtcNow(), http.RequestAborted);
                return Again(request);
            case AuthorizationStep.OfferConnection or AuthorizationStep.EnterHeaders:
                return pages.Leg(request, decision);
            case AuthorizationStep.Connect:
                return await upstream.ConnectAsync(http, request, decision.Provider!);
            case AuthorizationStep.Complete:
                return await ending.CompleteAsync(http, request, decision);
            case AuthorizationStep.Fail:
                return await ending.FailAsync(http, request, decision.Error!);
            default:
                return new ErrorPageResult(Refusal(decision));
        }
    }

    /// <summary>The page for a step after which nothing can be done in this browser.</summary>
    public static PageError Refusal(AuthorizationDecision decision) => decision.Step switch
    {
        AuthorizationStep.RefuseSubject when decision.Key is not null => PageErrors.VirtualKeyOfOthers,
        AuthorizationStep.RefuseSubject => PageErrors.SubjectChanged,
        AuthorizationStep.RefuseClient => PageErrors.ClientUnknown,
        AuthorizationStep.Expired => PageErrors.RequestExpired,
        _ => PageErrors.RequestFinished,
    };

    /// <summary>Whoever won the transition, the next look at the stored state says what follows.</summary>
    private static SeeOtherResult Again(AuthorizationRequest request) => new(AuthorizationPaths.ContinueUrl(request.Id));
}
