using Keyholder.Authorization;
using Keyholder.Server.Pages;
using Keyholder.Users;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Takes the sign-in form: <c>username</c> and <c>password</c>, which sign the browser in and touch no request (the dispatcher does), or <c>virtual_key</c>.</summary>
internal sealed class SignInEndpoint(
    PendingRequests requests, SignedInBrowser signedIn, AuthorizationDispatcher dispatcher, AuthorizationPages pages, LocalSignIn local, VirtualKeySignIn virtualKeys)
{
    private const string Refused = "That user name and password do not match.";
    private const string RateLimited = "Too many attempts. Wait a minute and try again.";

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

        if (!pages.IsSignInForm(request, form.Value["csrf"]))
        {
            return new ErrorPageResult(PageErrors.FormRefused, AuthorizationPaths.ContinueUrl(request.Id));
        }

        // As if nobody were signed in yet: what matters is whether there is still something to sign in to.
        var decision = await dispatcher.DecideAsync(request, session: null, http.RequestAborted);
        if (decision.Step != AuthorizationStep.SignIn)
        {
            return new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
        }

        if (form.Value["virtual_key"] is { Length: > 0 } key)
        {
            return await virtualKeys.PostAsync(http, request, decision, form.Value, key);
        }

        var (outcome, user) = await local.SignInAsync(form.Value["username"], form.Value["password"], http.Connection.RemoteIpAddress, http.TraceIdentifier, http.RequestAborted);
        if (outcome != LocalSignInOutcome.SignedIn)
        {
            return Retry(http, request, decision, outcome);
        }

        await signedIn.SignInAsync(http, user!, LocalSignIn.Means);
        return new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
    }

    private IResult Retry(HttpContext http, AuthorizationRequest request, AuthorizationDecision decision, LocalSignInOutcome outcome)
    {
        if (outcome == LocalSignInOutcome.Refused)
        {
            return pages.SignIn(request, decision, Refused, StatusCodes.Status401Unauthorized);
        }

        http.Response.Headers.RetryAfter = "60";
        return pages.SignIn(request, decision, RateLimited, StatusCodes.Status429TooManyRequests);
    }
}
