using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Server.Pages;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Lets clients in that begin an authorization directly, without a browser: authenticated as at the token endpoint, and only so many from one address.</summary>
internal sealed class ClientAdmission(ClientLookup lookup, IClientAuthenticator authenticator, AuthorizationRateLimit rateLimit)
{
    private static readonly OAuthError TooMany =
        OAuthErrors.TemporarilyUnavailable.Describe("Too many new clients from this address.") with { Status = StatusCodes.Status429TooManyRequests };

    private static readonly OAuthError TooOften =
        OAuthErrors.TemporarilyUnavailable.Describe("Too many requests from this address.") with { Status = StatusCodes.Status429TooManyRequests };

    /// <summary>The client and its parameters, in the order they came.</summary>
    public async Task<OAuthResult<AdmittedClient>> AdmitAsync(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization;
        var pairs = await OAuthForm.ReadPairsAsync(http.Request, http.RequestAborted);
        var form = pairs.Failed ? pairs.Error : OAuthParameters.Create(pairs.Value);
        if (form.Failed || authorization.Count > 1)
        {
            return form.Error ?? OAuthErrors.InvalidRequest.Describe("The Authorization header is repeated.");
        }

        // A metadata document that nobody has used here yet is known to the authenticator only once it has been fetched.
        if (form.Value["client_id"] is { } clientId && (await lookup.FindAsync(http, clientId)).Problem == PageErrors.TooManyClientDocuments)
        {
            return TooMany;
        }

        var client = await authenticator.AuthenticateAsync(authorization, form.Value, http.RequestAborted);
        if (client.Failed)
        {
            return client.Error;
        }

        // A client the operator named, and that has proven to be it, may begin for many people from one address; anybody else can be anybody.
        if (client.Value is not { Source: ClientSource.Configured, IsPublic: false } && !rateLimit.Admit(http.Connection.RemoteIpAddress))
        {
            http.Response.Headers.RetryAfter = "60";
            return TooOften;
        }

        return new AdmittedClient(client.Value, form.Value, pairs.Value!);
    }
}
