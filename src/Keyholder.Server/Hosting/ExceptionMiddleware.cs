using System.Data.Common;
using Keyholder.OAuth;
using Keyholder.Server.Endpoints;

namespace Keyholder.Server.Hosting;

/// <summary>Turns whatever was thrown into one answer without details: <c>server_error</c> with the request id under which the log has the rest.</summary>
internal sealed partial class ExceptionMiddleware(RequestDelegate next, ILogger<ExceptionMiddleware> logger)
{
    private const string RetryAfterSeconds = "5";
    private static readonly OAuthError Unavailable = OAuthErrors.ServerError with { Status = StatusCodes.Status503ServiceUnavailable };

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; nobody reads an answer.
        }
#pragma warning disable CA1031 // The one place that catches everything.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await AnswerAsync(context, exception);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception exception)
    {
        var error = exception switch
        {
            BadHttpRequestException refused => OAuthErrors.InvalidRequest with { Status = refused.StatusCode },
            DbException or TimeoutException => Unavailable,
            _ => OAuthErrors.ServerError,
        };

        if (error.Status >= StatusCodes.Status500InternalServerError)
        {
            LogFailed(exception, context.Request.Method, context.TraceIdentifier);
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        RequestIdMiddleware.Stamp(context);
        SecurityHeadersMiddleware.Apply(context.Response);
        if (error == Unavailable)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        await new OAuthErrorResult(error).ExecuteAsync(context);
    }

    [LoggerMessage(2101, LogLevel.Error, "A {Method} request failed; request id {RequestId}")]
    private partial void LogFailed(Exception exception, string method, string requestId);
}
