using System.Text.Json;
using Keyholder.Authorization;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>The pushed authorization request endpoint (RFC 9126 section 2). It authenticates the client as the token endpoint does.</summary>
internal sealed class PushedAuthorizationRequestEndpoint(ClientAdmission clients, PushedRequests requests)
{
    public async Task<IResult> PostAsync(HttpContext http)
    {
        var admitted = await clients.AdmitAsync(http);
        if (admitted.Failed)
        {
            return new OAuthErrorResult(admitted.Error);
        }

        var pushed = await requests.PushAsync(admitted.Value.Client, admitted.Value.Pairs, http.RequestAborted);
        return pushed.Failed ? new OAuthErrorResult(pushed.Error with { Status = pushed.Error.Status == 413 ? 413 : StatusCodes.Status400BadRequest }) : await CreatedAsync(http, pushed.Value);
    }

    private static async Task<IResult> CreatedAsync(HttpContext http, string requestUri)
    {
        OAuthErrorResult.NoStore(http.Response);
        http.Response.StatusCode = StatusCodes.Status201Created;
        await JsonAnswer.WriteAsync(http.Response, requestUri, Write);
        return Results.Empty;
    }

    private static void Write(Utf8JsonWriter json, string requestUri)
    {
        json.WriteStartObject();
        json.WriteString("request_uri", requestUri);
        json.WriteNumber("expires_in", (int)PushedRequests.Lifetime.TotalSeconds);
        json.WriteEndObject();
    }
}
