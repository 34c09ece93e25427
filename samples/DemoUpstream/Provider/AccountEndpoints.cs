using DemoUpstream.Api;
using DemoUpstream.Control;

namespace DemoUpstream.Provider;

/// <summary>User info (OpenID Connect Core section 5.3) and revocation (RFC 7009).</summary>
internal sealed class AccountEndpoints(DemoCounters counters, ClientRegistry clients, GrantStore grants, CredentialCheck credentials)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/userinfo", ["GET", "POST"], UserInfo);
        routes.MapPost("/revoke", (Delegate)RevokeAsync);
    }

    private IResult UserInfo(HttpContext context)
    {
        counters.Add(DemoCounter.UserInfoRequests);
        if (credentials.Bearer(context.Request) is not { } authorization)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"demo-provider\", error=\"invalid_token\"";
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }

        return Results.Json(new
        {
            sub = authorization.Account,
            preferred_username = authorization.Account,
            name = authorization.Account,
            email = authorization.Account + "@example.com",
            email_verified = true,
        });
    }

    private async Task<IResult> RevokeAsync(HttpContext context)
    {
        if (await ProviderResults.ReadFormAsync(context.Request) is not { } form || form["token"].ToString() is not { Length: > 0 } token)
            return ProviderResults.Error(StatusCodes.Status400BadRequest, "invalid_request", "The body must be a form with a token.");
        if (ClientAuthentication.Authenticate(context.Request, form, clients) is not { } client)
            return ProviderResults.Error(StatusCodes.Status401Unauthorized, "invalid_client", "The client is not known or its secret is wrong.");

        if (grants.Revoke(token, client.Id)) counters.Add(DemoCounter.Revocations);
        return Results.Ok();
    }
}
