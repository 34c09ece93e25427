using Keyholder.Audit;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Server.Hosting;

namespace Keyholder.Server.Endpoints;

/// <summary>The client configuration endpoint (RFC 7592 section 2): a dynamic client reads, replaces and deletes its own registration.</summary>
internal static class ClientConfigurationEndpoints
{
    private const string Scheme = "Bearer ";

    private static readonly OAuthError NoToken = OAuthErrors.InvalidToken.Describe("The registration access token is missing.");

    /// <summary>Maps <c>/register/{client_id}</c>, also while registration is switched off: who is registered can still leave.</summary>
    public static void MapClientConfigurationEndpoints(this IEndpointRouteBuilder endpoints)
    {
        const string Pattern = EndpointPaths.ClientConfiguration + "{clientId}";
        endpoints.MapGet(Pattern, ReadAsync).WithOrigins(OriginRule.Any);
        endpoints.MapPut(Pattern, UpdateAsync).WithOrigins(OriginRule.Any);
        endpoints.MapDelete(Pattern, DeleteAsync).WithOrigins(OriginRule.Any);
    }

    private static async Task<IResult> ReadAsync(HttpContext http, string clientId, ClientConfiguration configuration)
    {
        var (client, token, refusal) = await AuthenticateAsync(http, clientId, configuration);
        return client is null ? refusal! : new ClientInformationResult(new RegisteredClient(client, secret: null, token), StatusCodes.Status200OK);
    }

    private static async Task<IResult> UpdateAsync(HttpContext http, string clientId, ClientConfiguration configuration)
    {
        var (client, token, refusal) = await AuthenticateAsync(http, clientId, configuration);
        if (client is null)
        {
            return refusal!;
        }

        var body = await ClientMetadataBody.ReadAsync(http.Request, http.RequestAborted);
        if (body.Failed)
        {
            return new OAuthErrorResult(body.Error);
        }

        var updated = await configuration.UpdateAsync(client, token!, body.Value, Origin(http), http.RequestAborted);
        return updated.Failed ? new OAuthErrorResult(updated.Error) : new ClientInformationResult(updated.Value, StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, string clientId, ClientConfiguration configuration)
    {
        var (client, _, refusal) = await AuthenticateAsync(http, clientId, configuration);
        if (client is null)
        {
            return refusal!;
        }

        await configuration.DeleteAsync(client, Origin(http));
        OAuthErrorResult.NoStore(http.Response);
        return Results.NoContent();
    }

    private static async Task<(Client? Client, string? Token, IResult? Refusal)> AuthenticateAsync(HttpContext http, string clientId, ClientConfiguration configuration)
    {
        var header = http.Request.Headers.Authorization;
        if (header.Count != 1 || !header[0]!.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return (null, null, new BearerRefusal(NoToken, presented: false));
        }

        var token = header[0]![Scheme.Length..].Trim(' ');
        var client = await configuration.FindAsync(clientId, token, http.RequestAborted);
        return client.Failed ? (null, null, new BearerRefusal(client.Error, presented: true)) : (client.Value, token, null);
    }

    private static RequestOrigin Origin(HttpContext http) => new(http.Connection.RemoteIpAddress?.ToString(), http.TraceIdentifier);
}
