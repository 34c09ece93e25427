using Keyholder.Server.Pages;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>The page for an address that begins too much, and when to come back.</summary>
internal sealed class TooManyRequestsResult(string? continueUrl = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.RetryAfter = "60";
        return new ErrorPageResult(PageErrors.TooManyRequests, continueUrl).ExecuteAsync(httpContext);
    }
}
