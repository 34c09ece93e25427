using Keyholder.OAuth;

namespace Keyholder.Server.Endpoints;

/// <summary>401 with the challenge of RFC 6750 section 3, whose error code is left out when there was no token.</summary>
internal sealed class BearerRefusal(OAuthError error, bool presented) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.WWWAuthenticate = presented ? $"Bearer error=\"{error.Code}\"" : "Bearer";
        return new OAuthErrorResult(error).ExecuteAsync(httpContext);
    }
}
