using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DemoUpstream.Control;

namespace DemoUpstream.Provider;

/// <summary>The token endpoint (RFC 6749 section 3.2): code with PKCE, and refresh.</summary>
internal sealed class TokenEndpoint(
    TimeProvider clock, SwitchBoard switches, DemoCounters counters, ClientRegistry clients, GrantStore grants, TokenResponse responses)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/token", (Delegate)HandleAsync);

    private async Task<IResult> HandleAsync(HttpContext context)
    {
        counters.Add(DemoCounter.TokenRequests);
        context.Response.Headers.CacheControl = "no-store";
        if (switches.Current.TokenDelayMs is > 0 and var delay) await Task.Delay(TimeSpan.FromMilliseconds(delay), clock, context.RequestAborted);

        if (await ProviderResults.ReadFormAsync(context.Request) is not { } form)
            return Refuse(StatusCodes.Status400BadRequest, "invalid_request", "The body must be a form without repeated parameters.");
        string? grantType = form["grant_type"];
        if (grantType is "authorization_code") counters.Add(DemoCounter.AuthorizationCodeRequests);
        if (grantType is "refresh_token") counters.Add(DemoCounter.RefreshTokenRequests);

        if (ClientAuthentication.Authenticate(context.Request, form, clients) is not { } client)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"demo-provider\"";
            return Refuse(StatusCodes.Status401Unauthorized, "invalid_client", "The client is not known or its secret is wrong.");
        }

        var fault = switches.TakeTokenFault();
        if (fault is not TokenFault.None) counters.Add(DemoCounter.TokenFaults);
        if (fault is not (TokenFault.None or TokenFault.LoseAnswer)) return TokenFaultResult.For(fault, switches.Current.RetryAfterSeconds);

        var now = switches.Current;
        if (now.RefuseResourceParameter && form.ContainsKey("resource"))
            return Refuse(StatusCodes.Status400BadRequest, "invalid_target", "This provider knows no resource parameter.");
        if (grantType is not ("authorization_code" or "refresh_token"))
            return Refuse(StatusCodes.Status400BadRequest, "unsupported_grant_type", "Only authorization_code and refresh_token are supported.");

        var issued = grantType is "authorization_code" ? RedeemCode(form, client, now) : Refresh(form, client, now);
        if (issued is null) return Refuse(StatusCodes.Status400BadRequest, "invalid_grant", "The grant is not known, not this client's, expired or used.");
        if (now.TokenAnswerDelayMs is > 0 and var answerDelay) await Task.Delay(TimeSpan.FromMilliseconds(answerDelay), clock, context.RequestAborted);
        return fault is TokenFault.LoseAnswer ? TokenFaultResult.For(TokenFault.Disconnect, 0) : responses.For(issued, now);
    }

    private TokenSet? RedeemCode(IFormCollection form, ProviderClient client, DemoUpstreamSwitches now)
    {
        string redirectUri = form["redirect_uri"].ToString(), verifier = form["code_verifier"].ToString();
        var issued = grants.Redeem(
            form["code"].ToString(),
            request => request.Authorization.ClientId == client.Id && request.RedirectUri == redirectUri && Opaque.AreEqual(Challenge(verifier), request.CodeChallenge),
            now.IssueRefreshTokens);
        if (issued is not null) counters.Add(DemoCounter.CodesRedeemed);
        return issued;
    }

    private TokenSet? Refresh(IFormCollection form, ProviderClient client, DemoUpstreamSwitches now)
    {
        var issued = grants.Refresh(form["refresh_token"].ToString(), client.Id, now.RotateRefreshTokens && now.IssueRefreshTokens, TimeSpan.FromSeconds(now.RefreshReuseSeconds));
        if (issued is not null) counters.Add(DemoCounter.Refreshes);
        return issued;
    }

    private IResult Refuse(int status, string error, string description)
    {
        counters.Add(DemoCounter.TokenRequestsRefused);
        return ProviderResults.Error(status, error, description);
    }

    private static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
