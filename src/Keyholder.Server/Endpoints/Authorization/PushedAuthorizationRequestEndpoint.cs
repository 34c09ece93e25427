using System.Text.Json;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Server.Pages;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>The pushed authorization request endpoint (RFC 9126 section 2). It authenticates the client as the token endpoint does.</summary>
internal sealed class PushedAuthorizationRequestEndpoint(ClientLookup lookup, IClientAuthenticator authenticator, PushedRequests requests, AuthorizationRateLimit rateLimit)
{
    private static readonly OAuthError TooMany =
        OAuthErrors.TemporarilyUnavailable.Describe("Too many new clients from this address.") with { Status = StatusCodes.Status429TooManyRequests };

    private static readonly OAuthError TooOften =
        OAuthErrors.TemporarilyUnavailable.Describe("Too many requests from this address.") with { Status = StatusCodes.Status429TooManyRequests };

    public async Task<IResult> PostAsync(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization;
        var pairs = await OAuthForm.ReadPairsAsync(http.Request, http.RequestAborted);
        var form = pairs.Failed ? pairs.Error : OAuthParameters.Create(pairs.Value);
        if (form.Failed || authorization.Count > 1)
        {
            return new OAuthErrorResult(form.Error ?? OAuthErrors.InvalidRequest.Describe("The Authorization header is repeated."));
        }

        // A metadata document that nobody has used here yet is known to the authenticator only once it has been fetched.
        if (form.Value["client_id"] is { } clientId && (await lookup.FindAsync(http, clientId)).Problem == PageErrors.TooManyClientDocuments)
        {
            return new OAuthErrorResult(TooMany);
        }

        var client = await authenticator.AuthenticateAsync(authorization, form.Value, http.RequestAborted);
        if (client.Failed)
        {
            return new OAuthErrorResult(client.Error);
        }

        // A client the operator named may push for many people from one address; anybody else can be anybody.
        if (client.Value.Source != ClientSource.Configured && !rateLimit.Admit(http.Connection.RemoteIpAddress))
        {
            http.Response.Headers.RetryAfter = "60";
            return new OAuthErrorResult(TooOften);
        }

        var pushed = await requests.PushAsync(client.Value, pairs.Value!, http.RequestAborted);
        return pushed.Failed ? new OAuthErrorResult(pushed.Error with { Status = pushed.Error.Status == 413 ? 413 : StatusCodes.Status400BadRequest }) : await CreatedAsync(http, pushed.Value);
    }

    private static async Task<IResult> CreatedAsync(HttpContext http, string requestUri)
    {
        OAuthErrorResult.NoStore(http.Response);
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(http.Response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteString("request_uri", requestUri);
            json.WriteNumber("expires_in", (int)PushedRequests.Lifetime.TotalSeconds);
            json.WriteEndObject();
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        return Results.Empty;
    }
}
