using System.Text.Json;
using Keyholder.Authorization.Device;
using Keyholder.OAuth;

namespace Keyholder.Server.Endpoints.Authorization.Device;

/// <summary>The device authorization endpoint (RFC 8628 section 3.1). It authenticates the client as the token endpoint does.</summary>
internal sealed class DeviceAuthorizationEndpoint(ClientAdmission clients, DeviceAuthorizations devices, Issuer issuer)
{
    public async Task<IResult> PostAsync(HttpContext http)
    {
        var admitted = await clients.AdmitAsync(http);
        if (admitted.Failed)
        {
            return new OAuthErrorResult(admitted.Error);
        }

        var started = await devices.StartAsync(admitted.Value.Client, admitted.Value.Parameters, http.RequestAborted);
        return started.Failed ? new OAuthErrorResult(started.Error) : await AnswerAsync(http, started.Value);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, StartedDeviceAuthorization started)
    {
        OAuthErrorResult.NoStore(http.Response);
        await JsonAnswer.WriteAsync(http.Response, (started, issuer.At(EndpointPaths.Device)), Write);
        return Results.Empty;
    }

    private static void Write(Utf8JsonWriter json, (StartedDeviceAuthorization Started, string Page) content)
    {
        var (started, page) = content;
        json.WriteStartObject();
        json.WriteString("device_code", started.DeviceCode);
        json.WriteString("user_code", started.UserCode);
        json.WriteString("verification_uri", page);
        json.WriteString("verification_uri_complete", $"{page}?user_code={started.UserCode}");
        json.WriteNumber("expires_in", (int)started.ExpiresIn.TotalSeconds);
        json.WriteNumber("interval", (int)started.Interval.TotalSeconds);
        json.WriteEndObject();
    }
}
