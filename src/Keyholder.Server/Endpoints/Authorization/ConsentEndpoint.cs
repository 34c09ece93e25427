using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Server.Pages;
using Keyholder.Storage;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Takes the consent form (<c>decision=approve|deny</c>). Of several at once, one counts.</summary>
internal sealed class ConsentEndpoint(
    PendingRequests requests,
    SignedInBrowser signedIn,
    AuthorizationDispatcher dispatcher,
    IAuthorizationRequestStore store,
    AuthorizationPages pages,
    AuthorizationEnding ending,
    TimeProvider time)
{
    public async Task<IResult> PostAsync(HttpContext http)
    {
        var form = await OAuthForm.ReadAsync(http.Request, http.RequestAborted);
        if (form.Failed)
        {
            return new ErrorPageResult(PageErrors.FormMalformed);
        }

        var (request, error) = await requests.FindAsync(http, form.Value["request"]);
        if (request is null)
        {
            return new ErrorPageResult(error!);
        }

        var found = await signedIn.FindAsync(http);
        var decision = await dispatcher.DecideAsync(request, found?.Session, http.RequestAborted);
        return decision.Step switch
        {
            AuthorizationStep.Consent or AuthorizationStep.AcceptConsent => await DecideAsync(http, request, decision, form.Value),
            AuthorizationStep.ConfirmConnection => await DecideConnectionAsync(http, request, form.Value),
            AuthorizationStep.PlanLegs or AuthorizationStep.Connect or AuthorizationStep.OfferConnection or AuthorizationStep.EnterHeaders or AuthorizationStep.Complete => new ErrorPageResult(PageErrors.RequestConflict),
            AuthorizationStep.SignIn or AuthorizationStep.AcceptSignIn or AuthorizationStep.AcceptAnonymous => new ErrorPageResult(PageErrors.FormRefused, AuthorizationPaths.ContinueUrl(request.Id)),
            AuthorizationStep.Fail => await ending.FailAsync(http, request, decision.Error!),
            _ => new ErrorPageResult(ContinueEndpoint.Refusal(decision)),
        };
    }

    private async Task<IResult> DecideAsync(HttpContext http, AuthorizationRequest request, AuthorizationDecision decision, OAuthParameters form)
    {
        var granted = ScopeGrant.Granted(decision.Client!, decision.Resource!, request.Scopes, decision.Remembered);
        if (!pages.IsConsentForm(request, decision.Client!, granted, form["csrf"]))
        {
            return new ErrorPageResult(PageErrors.FormRefused, AuthorizationPaths.ContinueUrl(request.Id));
        }

        return form["decision"] switch
        {
            "approve" => await ApproveAsync(http, request, decision.Client!, granted),
            "deny" => await ending.FailAsync(http, request, OAuthErrors.AccessDenied, ending.Audit(http, request, AuditActions.ConsentDenied)),
            _ => new ErrorPageResult(PageErrors.FormMalformed, AuthorizationPaths.ContinueUrl(request.Id)),
        };
    }

    private async Task<IResult> DecideConnectionAsync(HttpContext http, AuthorizationRequest request, OAuthParameters form)
    {
        if (!pages.IsConnectionForm(request, form["csrf"]))
        {
            return new ErrorPageResult(PageErrors.FormRefused, AuthorizationPaths.ContinueUrl(request.Id));
        }

        return form["decision"] switch
        {
            "approve" => Approved(request, await store.ConsentAsync(
                request.Id, consent: null, ending.Audit(http, request, AuditActions.ConnectionApproved), time.GetUtcNow(), http.RequestAborted)),
            "deny" => await ending.FailAsync(http, request, OAuthErrors.AccessDenied, ending.Audit(http, request, AuditActions.ConnectionDenied)),
            _ => new ErrorPageResult(PageErrors.FormMalformed, AuthorizationPaths.ContinueUrl(request.Id)),
        };
    }

    private async Task<IResult> ApproveAsync(HttpContext http, AuthorizationRequest request, Client client, IReadOnlyList<string> granted)
    {
        var now = time.GetUtcNow();
        var consent = !ConsentPolicy.Remembers(request) ? null : new Consent(
            request.Subject!, client.Id, RedirectUriPolicy.RedirectHost(request.RedirectUri), request.Resource, granted, ClientFingerprint.Of(client), now);
        return Approved(request, await store.ConsentAsync(request.Id, consent, ending.Audit(http, request, AuditActions.ConsentGranted), now, http.RequestAborted));
    }

    private static IResult Approved(AuthorizationRequest request, AuthorizationTransitionOutcome outcome) => outcome switch
    {
        AuthorizationTransitionOutcome.Moved => new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id)),
        AuthorizationTransitionOutcome.LinkUsed => new ErrorPageResult(PageErrors.ConnectLinkUnknown),
        AuthorizationTransitionOutcome.WrongPhase => new ErrorPageResult(PageErrors.RequestConflict),
        AuthorizationTransitionOutcome.Expired => new ErrorPageResult(PageErrors.RequestExpired),
        _ => new ErrorPageResult(PageErrors.RequestUnknown),
    };
}
