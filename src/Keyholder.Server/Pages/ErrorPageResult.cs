namespace Keyholder.Server.Pages;

/// <summary>Answers with an error page and logs its id.</summary>
internal sealed partial class ErrorPageResult(PageError error, string? continueUrl = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        LogRefused(httpContext.RequestServices.GetRequiredService<ILogger<ErrorPageResult>>(), error.Id, httpContext.TraceIdentifier);
        var parameters = new Dictionary<string, object?>
        {
            [nameof(ErrorPage.Error)] = error,
            [nameof(ErrorPage.RequestId)] = httpContext.TraceIdentifier,
            [nameof(ErrorPage.ContinueUrl)] = continueUrl,
        };
        return new PageResult<ErrorPage>(error.Status, parameters).ExecuteAsync(httpContext);
    }

    [LoggerMessage(1100, LogLevel.Information, "Showed the error page {ErrorId}; request id {RequestId}")]
    private static partial void LogRefused(ILogger logger, string errorId, string requestId);
}
