using Microsoft.AspNetCore.Http.Features;

namespace DemoUpstream.Mcp;

internal static class EventStream
{
    /// <summary>Makes the response an unbuffered event stream.</summary>
    public static void Begin(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
    }

    /// <summary>Nothing was written: the message needed no answer.</summary>
    public static void EndAsAccepted(HttpContext context)
    {
        context.Response.ContentType = null;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }
}
