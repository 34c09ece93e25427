using System.Text;
using DemoUpstream.Control;

namespace DemoUpstream.Provider;

/// <summary>The answers of a token endpoint that is broken in one particular way.</summary>
internal sealed class TokenFaultResult(TokenFault fault, int retryAfterSeconds) : IResult
{
    private const int HugeBodyLength = 16 * 1024 * 1024;

    public static IResult For(TokenFault fault, int retryAfterSeconds) => new TokenFaultResult(fault, retryAfterSeconds);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        switch (fault)
        {
            case TokenFault.ServerError:
                response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return response.WriteAsync("Service Unavailable");
            case TokenFault.RateLimited:
                response.StatusCode = StatusCodes.Status429TooManyRequests;
                response.Headers.RetryAfter = retryAfterSeconds.ToString();
                return response.WriteAsync("Too Many Requests");
            case TokenFault.InvalidGrant:
                return ProviderResults.Error(StatusCodes.Status400BadRequest, "invalid_grant", "The grant was revoked.").ExecuteAsync(httpContext);
            case TokenFault.Html:
                return Results.Text("<!doctype html><title>Maintenance</title><h1>Back soon</h1>", "text/html", Encoding.UTF8).ExecuteAsync(httpContext);
            case TokenFault.GarbageJson:
                return Results.Text("{\"access_token\":\"demo_at_trunc", "application/json", Encoding.UTF8).ExecuteAsync(httpContext);
            case TokenFault.HugeBody:
                return WriteHugeAsync(response);
            case TokenFault.Disconnect:
                httpContext.Abort();
                return Task.CompletedTask;
            default:
                throw new InvalidOperationException($"{fault} has no answer of its own.");
        }
    }

    private static async Task WriteHugeAsync(HttpResponse response)
    {
        response.ContentType = "application/json";
        await response.WriteAsync("{\"padding\":\"");
        var chunk = new string('x', 64 * 1024);
        for (var written = 0; written < HugeBodyLength; written += chunk.Length) await response.WriteAsync(chunk, response.HttpContext.RequestAborted);
        await response.WriteAsync("\"}");
    }
}
