using System.Text.Json;
using Keyholder.OAuth;
using Microsoft.Net.Http.Headers;

namespace Keyholder.Server.Endpoints;

/// <summary>
/// Answers with an <see cref="OAuthError"/> as JSON (RFC 6749 section 5.2): its status, never cached, and a <c>Basic</c> challenge where client
/// authentication failed and the client had tried the <c>Authorization</c> header. The private reason goes to the log alone.
/// </summary>
internal sealed partial class OAuthErrorResult(OAuthError error) : IResult
{
    // Where the endpoint names no time: soon, but not at once.
    private const string RetryAfterSeconds = "5";

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (error.Debug is not null)
        {
            LogRefused(httpContext.RequestServices.GetRequiredService<ILogger<OAuthErrorResult>>(), error.Code, error.Debug);
        }

        var response = httpContext.Response;
        response.StatusCode = error.Status;
        NoStore(response);
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.TryAdd(HeaderNames.RetryAfter, RetryAfterSeconds);
        }

        if (error.Code == OAuthErrors.InvalidClient.Code && httpContext.Request.Headers.Authorization.Count > 0)
        {
            response.Headers.WWWAuthenticate = "Basic realm=\"keyholder\", charset=\"UTF-8\"";
        }

        return JsonAnswer.WriteAsync(response, error, Write);
    }

    /// <summary>Marks a response that holds, or refuses, a credential as never to be cached (RFC 6749 section 5.1).</summary>
    public static void NoStore(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
    }

    private static void Write(Utf8JsonWriter json, OAuthError error)
    {
        json.WriteStartObject();
        json.WriteString("error"u8, error.Code);
        json.WriteString("error_description"u8, error.Description);
        json.WriteEndObject();
    }

    [LoggerMessage(1300, LogLevel.Information, "Answered {Code}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string code, string reason);
}
