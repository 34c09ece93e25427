using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keyholder.Bench.Servers;

/// <summary>
/// The ceilings. Of a token endpoint: reads the form, signs one ES256 token, answers. Of introspection: reads the form, answers as if the token were good.
/// It checks nothing and stores nothing.
/// </summary>
internal static class BareSigner
{
    private static readonly string Header = Encode("""{"typ":"at+jwt","alg":"ES256","kid":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""");

    [ThreadStatic]
    private static ECDsa? _key;

    public static async Task RunAsync(string url)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        await using var app = builder.Build();
        app.MapGet("/ready", () => "ready");
        app.MapPost("/token", (RequestDelegate)(async context =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            var payload = JsonSerializer.SerializeToUtf8Bytes(new
            {
                iss = url,
                sub = "user:bench",
                aud = url + "/mcp/bench",
                exp = 1_900_000_600,
                iat = 1_900_000_000,
                jti = "AAAAAAAAAAAAAAAAAAAAAA",
                client_id = (string?)form["client_id"],
                scope = "mcp:read mcp:write",
                sid = "AAAAAAAAAAAAAAAAAAAAAA",
                auth_time = 1_900_000_000,
            });
            var signed = $"{Header}.{Base64Url.EncodeToString(payload)}";
            _key ??= ECDsa.Create(parameters);
            var signature = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(
                JsonSerializer.SerializeToUtf8Bytes(new
                {
                    access_token = $"{signed}.{Base64Url.EncodeToString(signature)}",
                    token_type = "Bearer",
                    expires_in = 600,
                    refresh_token = (string?)form["refresh_token"],
                    scope = "mcp:read mcp:write",
                }),
                context.RequestAborted);
        }));
        app.MapPost("/introspect", (RequestDelegate)(async context =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            if (form["token"].Count != 1)
            {
                throw new InvalidOperationException("No token.");
            }

            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(
                JsonSerializer.SerializeToUtf8Bytes(new
                {
                    active = true,
                    iss = url,
                    sub = "user:bench",
                    aud = url + "/mcp/bench",
                    client_id = "bench",
                    scope = "mcp:read mcp:write",
                    sid = "AAAAAAAAAAAAAAAAAAAAAA",
                    iat = 1_900_000_000,
                    exp = 1_900_000_600,
                    token_use = "access_token",
                    token_type = "Bearer",
                    jti = "AAAAAAAAAAAAAAAAAAAAAA",
                }),
                context.RequestAborted);
        }));
        await app.RunAsync();
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
