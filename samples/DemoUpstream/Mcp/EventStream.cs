using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

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

    /// <summary>Writes events as they come, with their ids.</summary>
    public static async Task WriteAsync(HttpResponse response, IAsyncEnumerable<SseItem<JsonRpcMessage?>> events, CancellationToken cancellationToken)
    {
        await response.Body.FlushAsync(cancellationToken);
        await SseFormatter.WriteAsync(
            events,
            response.Body,
            (item, buffer) =>
            {
                if (item.Data is null) return;
                using var writer = new Utf8JsonWriter(buffer);
                JsonSerializer.Serialize(writer, item.Data, McpJsonUtilities.DefaultOptions);
            },
            cancellationToken);
    }

    /// <summary>Nothing was written: the message needed no answer.</summary>
    public static void EndAsAccepted(HttpContext context)
    {
        context.Response.ContentType = null;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }
}
