namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>303 See Other, so that no form is ever sent on (OAuth 2.1 section 7.5.2). The location is sent byte for byte as given: a redirect URI is never normalised.</summary>
internal sealed class SeeOtherResult(string location) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = location;
        OAuthErrorResult.NoStore(httpContext.Response);
        return Task.CompletedTask;
    }
}
