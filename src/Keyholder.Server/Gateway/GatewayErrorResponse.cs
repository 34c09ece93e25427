using System.Text.Json;
using Keyholder.Mcp;

namespace Keyholder.Server.Gateway;

/// <summary>Writes a <see cref="GatewayError"/>: <c>{"error","error_description","error_id"}</c>, or the JSON-RPC error MCP asks for.</summary>
internal static class GatewayErrorResponse
{
    /// <summary>Answers a request that has no answer yet.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">What to say.</param>
    /// <param name="awaited">Which requests are answered, and in which shape; none = a JSON-RPC error names no id.</param>
    /// <param name="requestedVersion">The protocol version that is not supported, for that error.</param>
    public static Task WriteAsync(HttpContext context, GatewayError error, AwaitedIds awaited = default, string? requestedVersion = null)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        using (var json = new Utf8JsonWriter(response.BodyWriter))
        {
            if (error.JsonRpcCode is { } code)
            {
                WriteJsonRpc(json, error, code, awaited, requestedVersion);
            }
            else
            {
                json.WriteStartObject();
                json.WriteString("error"u8, error.Code);
                json.WriteString("error_description"u8, error.Description);
                json.WriteString("error_id"u8, error.Id);
                json.WriteEndObject();
            }
        }

        return response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    private static void WriteJsonRpc(Utf8JsonWriter json, GatewayError error, int code, in AwaitedIds awaited, string? requestedVersion)
    {
        if (awaited.Batch is not { } batch)
        {
            WriteJsonRpc(json, error, code, awaited.Single.Span, requestedVersion);
            return;
        }

        json.WriteStartArray();
        foreach (var id in batch)
        {
            WriteJsonRpc(json, error, code, id.Span, requestedVersion);
        }

        json.WriteEndArray();
    }

    private static void WriteJsonRpc(Utf8JsonWriter json, GatewayError error, int code, ReadOnlySpan<byte> requestId, string? requestedVersion)
    {
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("id"u8);
        json.WriteRawValue(requestId.IsEmpty ? "null"u8 : requestId, skipInputValidation: true);
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, code);
        json.WriteString("message"u8, error.Description);
        json.WriteStartObject("data"u8);
        json.WriteString("error_id"u8, error.Id);
        if (requestedVersion is not null)
        {
            json.WriteStartArray("supported"u8);
            foreach (var version in McpProtocolVersions.Supported)
            {
                json.WriteStringValue(version);
            }

            json.WriteEndArray();
            json.WriteString("requested"u8, requestedVersion);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
