using DemoUpstream.Control;
using Microsoft.AspNetCore.WebUtilities;

namespace DemoUpstream.Provider;

/// <summary>The authorization endpoint (RFC 6749 section 3.1): approves at once, or asks for the account first.</summary>
internal sealed class AuthorizeEndpoint(
    PublicAddress address, DemoUpstreamOptions options, SwitchBoard switches, DemoCounters counters, ClientRegistry clients, GrantStore grants)
{
    private const string DenialWithMarkup = "<script>alert('demo')</script><b>The account holder said no.</b>";

    public void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/authorize", ["GET", "POST"], (Delegate)HandleAsync);

    private async Task<IResult> HandleAsync(HttpContext context)
    {
        counters.Add(DemoCounter.AuthorizationRequests);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";

        var request = await AuthorizationRequest.ReadAsync(context.Request);
        if (clients.Find(request["client_id"]) is not { } client) return AccountPage.Error("The client is not known.");
        if (request["redirect_uri"] is not { } redirectUri || !client.Allows(redirectUri)) return AccountPage.Error("The redirect URI is not registered.");

        var now = switches.Current;
        if (request.Refusal(now.RefuseResourceParameter) is { } refusal) return Answer(request, Error(refusal.Error, refusal.Description));
        if (now.DenyAuthorization) return Answer(request, Error("access_denied", DenialWithMarkup));
        if (request["decision"] is "deny") return Answer(request, Error("access_denied", "The account holder said no."));

        var chosen = request["account"];
        if (chosen is null && now.ShowAccountForm) return AccountPage.Choose(request, options.EffectiveAccounts);

        var account = chosen ?? request["login_hint"] ?? options.EffectiveDefaultAccount;
        if (!options.EffectiveAccounts.Contains(account)) return Answer(request, Error("login_required", "There is no such account."));

        var authorization = new DemoAuthorization(client.Id, account, request["scope"] ?? "openid profile", request["nonce"]);
        var code = grants.AddCode(new CodeRequest(authorization, redirectUri, request["code_challenge"]!));
        return Answer(request, new() { ["code"] = code });
    }

    private SeeOther Answer(AuthorizationRequest request, Dictionary<string, string?> parameters)
    {
        var now = switches.Current;
        if (request["state"] is { } state) parameters["state"] = now.TamperState ? state + "x" : state;
        if (!now.OmitAuthorizationIssuer) parameters["iss"] = now.WrongAuthorizationIssuer ? MetadataEndpoints.ForeignIssuer : address.Value;
        return new SeeOther(QueryHelpers.AddQueryString(request["redirect_uri"]!, parameters));
    }

    private static Dictionary<string, string?> Error(string error, string description) => new() { ["error"] = error, ["error_description"] = description };

    private sealed class SeeOther(string location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = HttpMethods.IsPost(httpContext.Request.Method) ? StatusCodes.Status303SeeOther : StatusCodes.Status302Found;
            httpContext.Response.Headers.Location = location;
            return Task.CompletedTask;
        }
    }
}
