using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>The authorization endpoint (RFC 6749 section 3.1): checks the request, records it for this browser, and hands over to the dispatcher.</summary>
internal sealed class AuthorizeEndpoint(
    ClientLookup clients,
    PushedRequests pushedRequests,
    IResourceSource resources,
    IAuthorizationRequestStore store,
    SignedInBrowser signedIn,
    AuthorizationRateLimit rateLimit,
    Keyholder.Authorization.AuthorizationOptions options,
    Issuer issuer,
    TimeProvider time)
{
    /// <summary>Takes the request from the query.</summary>
    public async Task<IResult> GetAsync(HttpContext http)
    {
        var query = http.Request.QueryString.Value ?? "";
        var parameters = AuthorizationParameters.Parse(query.Length > 0 ? query[1..] : "");
        return parameters.Failed ? new ErrorPageResult(PageErrors.RequestMalformed)
            : parameters.Value["request_uri"] is { } reference && PushedRequests.IsReference(reference) ? await StartPushedAsync(http, parameters.Value, reference)
            : await StartAsync(http, parameters.Value, wasPushed: false);
    }

    /// <summary>Takes the request from a form by sending the browser to the same request as a query: a form from another site arrives without the browser's cookies.</summary>
    public static async Task<IResult> PostAsync(HttpContext http)
    {
        var pairs = await OAuthForm.ReadPairsAsync(http.Request, http.RequestAborted);
        return pairs.Failed
            ? new ErrorPageResult(PageErrors.RequestMalformed)
            : new SeeOtherResult(AuthorizationPaths.Authorize + "?" + string.Join('&', pairs.Value.Select(Encode)));
    }

    private static string Encode(KeyValuePair<string, string?> pair) => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value ?? "")}";

    /// <summary>Everything but the client id comes from what was pushed (RFC 9126 section 4); whatever else the URL says is ignored.</summary>
    private async Task<IResult> StartPushedAsync(HttpContext http, AuthorizationParameters parameters, string reference)
    {
        if (parameters.IsRepeated("client_id") || parameters.IsRepeated("request_uri"))
        {
            return new ErrorPageResult(PageErrors.ParameterRepeated);
        }

        var pushed = parameters["client_id"] is { } clientId ? await pushedRequests.TakeAsync(reference, clientId, http.RequestAborted) : null;
        return pushed is null ? new ErrorPageResult(PageErrors.PushedRequestUnknown) : await StartAsync(http, pushed, wasPushed: true);
    }

    private async Task<IResult> StartAsync(HttpContext http, AuthorizationParameters parameters, bool wasPushed)
    {
        if (parameters.IsRepeated("client_id"))
        {
            return new ErrorPageResult(PageErrors.ParameterRepeated);
        }

        var (client, problem) = await clients.FindAsync(http, parameters["client_id"]);
        if (client is null)
        {
            return new ErrorPageResult(problem!);
        }

        var (target, outcome) = AuthorizationRequestValidator.FindTarget(parameters, client);
        if (target is null)
        {
            return new ErrorPageResult(outcome switch
            {
                RedirectTargetOutcome.Repeated => PageErrors.ParameterRepeated,
                RedirectTargetOutcome.Missing => PageErrors.RedirectUriMissing,
                _ => PageErrors.RedirectUriNotRegistered,
            });
        }

        if (options.RequirePushedRequests && !wasPushed)
        {
            return Refuse(target, OAuthErrors.InvalidRequest.Describe("The request has to be pushed first."));
        }

        var asked = AuthorizationRequestValidator.Validate(parameters, client, resources.Current);
        return asked.Failed ? Refuse(target, asked.Error) : await RecordAsync(http, client, target, asked.Value);
    }

    private async Task<IResult> RecordAsync(HttpContext http, Client client, RedirectTarget target, ValidatedAuthorization asked)
    {
        var prompt = asked.Prompt;
        if (asked.MaxAge is { } maxAge && await IsStaleAsync(http, maxAge))
        {
            if (prompt.None)
            {
                return Refuse(target, OpenIdErrors.LoginRequired);
            }

            prompt = prompt with { Login = true };
        }

        if (!rateLimit.Admit(http.Connection.RemoteIpAddress))
        {
            return new TooManyRequestsResult();
        }

        var now = time.GetUtcNow();
        var request = new AuthorizationRequest
        {
            Id = PendingRequests.CreateId(),
            Phase = AuthorizationPhase.SignIn,
            BrowserHash = SecretCookie.Browser.ReadHash(http.Request) ?? SecretCookie.Browser.Set(http.Response),
            SessionId = SessionId.Create(),
            ClientId = client.Id,
            RedirectUri = target.RedirectUri,
            RedirectUriWasSent = target.WasSent,
            State = target.State,
            CodeChallenge = asked.CodeChallenge,
            Resource = asked.Resource,
            Scopes = asked.Scopes,
            Prompt = prompt.Format(),
            CreatedAt = now,
            ExpiresAt = now + options.RequestLifetime,
        };
        await store.AddAsync(request, http.RequestAborted);
        return new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
    }

    private SeeOtherResult Refuse(RedirectTarget target, OAuthError error) =>
        new(AuthorizationResponse.Failure(issuer, target.RedirectUri, target.State, error));

    private async Task<bool> IsStaleAsync(HttpContext http, TimeSpan maxAge) =>
        await signedIn.FindAsync(http) is not { } found || time.GetUtcNow() - found.Session.AuthenticatedAt > maxAge;
}
