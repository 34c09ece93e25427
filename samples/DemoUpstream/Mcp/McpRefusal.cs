using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace DemoUpstream.Mcp;

/// <summary>A request the transport refuses before the MCP server sees it: an HTTP status and a JSON-RPC error.</summary>
internal sealed record McpRefusal(int Status, int Code, string Message, object? Data = null)
{
    public static McpRefusal Parse { get; } = new(StatusCodes.Status400BadRequest, (int)McpErrorCode.ParseError, "The body is not one JSON-RPC message.");

    public static McpRefusal SessionMissing { get; } = new(StatusCodes.Status400BadRequest, -32000, "Mcp-Session-Id is required.");

    public static McpRefusal SessionUnknown { get; } = new(StatusCodes.Status404NotFound, -32001, "There is no such session.");

    public static McpRefusal StreamTaken { get; } = new(StatusCodes.Status409Conflict, -32000, "The session has had its stream; begin another session.");

    public static McpRefusal EventUnknown { get; } = new(StatusCodes.Status400BadRequest, -32000, "There is no such event to go on from.");

    public static McpRefusal Origin { get; } = new(StatusCodes.Status403Forbidden, -32000, "Requests from this origin are not allowed.");

    public static McpRefusal MethodNotAllowed { get; } = new(StatusCodes.Status405MethodNotAllowed, -32000, "This protocol version uses POST only.");

    public static McpRefusal MediaType { get; } = new(StatusCodes.Status415UnsupportedMediaType, -32000, "The content type must be application/json.");

    public static McpRefusal NotAcceptable(string mediaTypes) => new(StatusCodes.Status406NotAcceptable, -32000, $"Accept must list {mediaTypes}.");

    public static McpRefusal Mismatch(string header) =>
        new(StatusCodes.Status400BadRequest, (int)McpErrorCode.HeaderMismatch, $"{header} is missing or does not match the body.");

    public static McpRefusal Version(string requested) => new(
        StatusCodes.Status400BadRequest, (int)McpErrorCode.UnsupportedProtocolVersion, "The protocol version is not supported.", new { supported = McpVersions.All, requested });

    public Task WriteAsync(HttpResponse response, RequestId id = default)
    {
        response.StatusCode = Status;
        if (Status is StatusCodes.Status405MethodNotAllowed) response.Headers.Allow = "POST";
        return response.WriteAsJsonAsync(new { jsonrpc = "2.0", id = id.Id, error = new { code = Code, message = Message, data = Data } }, JsonOptions);
    }

    private static readonly System.Text.Json.JsonSerializerOptions JsonOptions = new(System.Text.Json.JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.Never,
    };
}
