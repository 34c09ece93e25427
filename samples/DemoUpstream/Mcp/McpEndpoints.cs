using System.Text.Json;
using DemoUpstream.Api;
using DemoUpstream.Control;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace DemoUpstream.Mcp;

/// <summary>Streamable HTTP of both generations on one path, three times: behind a bearer token, open, and behind an API key.</summary>
internal sealed class McpEndpoints(ApiGate gate, LegacyTransport legacy, ModernTransport modern, IHostApplicationLifetime lifetime)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map("/mcp", gate.Guard(CredentialKind.Bearer, DemoCounter.McpRequests, HandleAsync));
        routes.Map("/open/mcp", gate.Guard(CredentialKind.None, DemoCounter.McpRequests, HandleAsync));
        routes.Map("/keyed/mcp", gate.Guard(CredentialKind.ApiKey, DemoCounter.McpRequests, HandleAsync));
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var request = context.Request;
        try
        {
            var refusal = McpRequestPolicy.IsForeignOrigin(request) ? McpRefusal.Origin
                : McpRequestPolicy.Version(request.Headers) is not { } version ? McpRefusal.Version(request.Headers[McpHeaders.ProtocolVersion].ToString())
                : HttpMethods.IsPost(request.Method) ? await PostAsync(context, version, stop.Token)
                : version == McpVersions.Modern ? McpRefusal.MethodNotAllowed
                : HttpMethods.IsGet(request.Method) ? await legacy.GetAsync(context, stop.Token)
                : HttpMethods.IsDelete(request.Method) ? await legacy.DeleteAsync(context)
                : McpRefusal.MethodNotAllowed;
            if (refusal is not null) await refusal.WriteAsync(context.Response);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client left or the process ends; there is no one to answer.
        }
    }

    private async Task<McpRefusal?> PostAsync(HttpContext context, string version, CancellationToken cancellationToken)
    {
        if (!McpRequestPolicy.Accepts(context.Request, "application/json", "text/event-stream"))
            return McpRefusal.NotAcceptable("application/json and text/event-stream");
        if (!context.Request.HasJsonContentType()) return McpRefusal.MediaType;
        if (await ReadAsync(context.Request, cancellationToken) is not { } message) return McpRefusal.Parse;

        message.Context = new JsonRpcMessageContext
        {
            ProtocolVersion = context.Request.Headers.ContainsKey(McpHeaders.ProtocolVersion) ? version : null,
            Items = new Dictionary<string, object?> { [nameof(InboundRequest)] = context.Features.GetRequiredFeature<InboundRequest>() },
        };
        if (version == McpVersions.Modern)
        {
            return McpRequestPolicy.CheckMirrors(context.Request.Headers, message, version)
                ?? await modern.PostAsync(context, message, cancellationToken);
        }

        return McpRequestPolicy.BodyVersion(message) is McpVersions.Modern
            ? McpRefusal.Mismatch(McpHeaders.ProtocolVersion)
            : await legacy.PostAsync(context, message, cancellationToken);
    }

    private static async Task<JsonRpcMessage?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<JsonRpcMessage>(request.Body, McpJsonUtilities.DefaultOptions, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
