using System.Text;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace DemoUpstream.Mcp;

/// <summary>What Streamable HTTP asks of the headers of a request, before and after its body is known.</summary>
internal static class McpRequestPolicy
{
    /// <summary>The version the headers name; an absent header means the oldest. Null when it is repeated or not served.</summary>
    public static string? Version(IHeaderDictionary headers) => headers[McpHeaders.ProtocolVersion] switch
    {
        [] => McpVersions.Oldest,
        [{ } value] when McpVersions.All.Contains(value) => value,
        _ => null,
    };

    /// <summary>A browser may only call from the origin it loaded this server from.</summary>
    public static bool IsForeignOrigin(HttpRequest request) =>
        request.Headers.Origin.Count > 0 && request.Headers.Origin != $"{request.Scheme}://{request.Host.Value}";

    public static bool Accepts(HttpRequest request, params ReadOnlySpan<string> mediaTypes)
    {
        var accepted = request.GetTypedHeaders().Accept;
        foreach (var mediaType in mediaTypes)
        {
            var wanted = new Microsoft.Net.Http.Headers.MediaTypeHeaderValue(mediaType);
            if (!accepted.Any(wanted.IsSubsetOf)) return false;
        }

        return true;
    }

    /// <summary>2026-07-28: the standard headers mirror the body, byte for byte. Null when they do.</summary>
    public static McpRefusal? CheckMirrors(IHeaderDictionary headers, JsonRpcMessage message, string version)
    {
        var (method, parameters) = message switch
        {
            JsonRpcRequest request => (request.Method, request.Params as JsonObject),
            JsonRpcNotification notification => (notification.Method, notification.Params as JsonObject),
            _ => (null, null),
        };
        if (method is null) return McpRefusal.Parse;
        if (message is JsonRpcRequest && BodyVersion(message) != version) return McpRefusal.Mismatch(McpHeaders.ProtocolVersion);
        if (headers[McpHeaders.Method] != method) return McpRefusal.Mismatch(McpHeaders.Method);

        var mirrored = method switch
        {
            RequestMethods.ToolsCall or RequestMethods.PromptsGet => "name",
            RequestMethods.ResourcesRead => "uri",
            _ => null,
        };
        return mirrored is not null && Decode(headers[McpHeaders.Name]) != Text(parameters?[mirrored]) ? McpRefusal.Mismatch(McpHeaders.Name) : null;
    }

    /// <summary>The version a body names for itself; only 2026-07-28 and later do.</summary>
    public static string? BodyVersion(JsonRpcMessage message) =>
        Text(((message as JsonRpcRequest)?.Params as JsonObject)?["_meta"] is JsonObject meta ? meta[MetaKeys.ProtocolVersion] : null);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string? Decode(string? value)
    {
        if (value is null || !value.StartsWith("=?base64?", StringComparison.Ordinal) || !value.EndsWith("?=", StringComparison.Ordinal)) return value;
        var bytes = new byte[value.Length];
        return value.Length >= 11 && Convert.TryFromBase64String(value[9..^2], bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
