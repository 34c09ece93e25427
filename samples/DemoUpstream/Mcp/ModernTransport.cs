using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace DemoUpstream.Mcp;

/// <summary>2026-07-28: no sessions; every POST has a server of its own that lives as long as its response.</summary>
internal sealed class ModernTransport(McpServerOptions options, ILoggerFactory loggers, IServiceProvider services)
{
    public async Task<McpRefusal?> PostAsync(HttpContext context, JsonRpcMessage message, CancellationToken cancellationToken)
    {
        var transport = new StreamableHttpServerTransport(loggers) { Stateless = true };
        await using var server = McpServer.Create(transport, options, loggers, services);
        var run = server.RunAsync(cancellationToken);
        try
        {
            EventStream.Begin(context);
            var wrote = await transport.HandlePostRequestAsync(message, context.Response.Body, first => SetStatus(context.Response, first), cancellationToken);
            if (!wrote) EventStream.EndAsAccepted(context);
        }
        finally
        {
            await transport.DisposeAsync();
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    /// <summary>The specification maps some JSON-RPC errors to HTTP statuses; that works while nothing has been written.</summary>
    private static ValueTask SetStatus(HttpResponse response, JsonRpcMessage? first)
    {
        response.StatusCode = (McpErrorCode?)(first as JsonRpcError)?.Error.Code switch
        {
            McpErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
            McpErrorCode.HeaderMismatch or McpErrorCode.UnsupportedProtocolVersion or McpErrorCode.MissingRequiredClientCapability => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status200OK,
        };
        return ValueTask.CompletedTask;
    }
}
