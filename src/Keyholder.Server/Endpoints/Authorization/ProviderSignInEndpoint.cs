using Keyholder.Authorization;
using Keyholder.Resources;
using Keyholder.Server.Pages;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Sends the person to an OIDC provider to sign in. A link, not a form: nothing here is changed by following it but a fresh pending flow of this browser.</summary>
internal sealed class ProviderSignInEndpoint(PendingRequests requests, AuthorizationDispatcher dispatcher, IResourceSource resources, UpstreamRedirect upstream)
{
    public async Task<IResult> GetAsync(HttpContext http, string provider)
    {
        var (request, error) = await requests.FindAsync(http, http.Request.Query["request"]);
        if (request is null)
        {
            return new ErrorPageResult(error!);
        }

        if (resources.Current.FindProvider(provider) is not { } known || !AuthorizationPages.IsSignInProvider(known))
        {
            return new ErrorPageResult(PageErrors.ProviderUnknown, AuthorizationPaths.ContinueUrl(request.Id));
        }

        var decision = await dispatcher.DecideAsync(request, session: null, http.RequestAborted);
        return decision.Step == AuthorizationStep.SignIn
            ? await upstream.SignInAsync(http, request, known)
            : new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
    }
}
