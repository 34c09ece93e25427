using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Keyholder.Tests.DemoUpstream;

/// <summary>MCP requests of both generations as they are on the wire.</summary>
internal static class McpWire
{
    public const string Modern = "2026-07-28";
    public const string Legacy = "2025-11-25";

    public static HttpRequestMessage ModernRequest(string path, string method, JsonObject? parameters = null, string? bearer = null)
    {
        parameters ??= [];
        parameters["_meta"] ??= new JsonObject();
        var meta = parameters["_meta"]!.AsObject();
        meta["io.modelcontextprotocol/protocolVersion"] = Modern;
        meta["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" };
        meta["io.modelcontextprotocol/clientCapabilities"] = new JsonObject();

        var request = Post(path, new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters }, bearer);
        request.Headers.Add("MCP-Protocol-Version", Modern);
        request.Headers.Add("Mcp-Method", method);
        if ((string?)(parameters["name"] ?? parameters["uri"]) is { } name) request.Headers.Add("Mcp-Name", name);
        return request;
    }

    public static HttpRequestMessage LegacyRequest(string path, string method, JsonObject? parameters = null, string? session = null, string? bearer = null)
    {
        return Post(path, new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters ?? [] }, bearer, session);
    }

    public static HttpRequestMessage Initialize(string path, string? bearer = null, string version = Legacy) => LegacyRequest(
        path,
        "initialize",
        new JsonObject { ["protocolVersion"] = version, ["capabilities"] = new JsonObject(), ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" } },
        bearer: bearer);

    public static HttpRequestMessage Post(string path, JsonNode body, string? bearer = null, string? session = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        return Identify(request, bearer, session);
    }

    /// <summary>A GET or DELETE of a legacy session.</summary>
    public static HttpRequestMessage Bare(HttpMethod method, string path, string session, string? bearer = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        return Identify(request, bearer, session);
    }

    private static HttpRequestMessage Identify(HttpRequestMessage request, string? bearer, string? session)
    {
        if (bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (session is not null)
        {
            request.Headers.Add("Mcp-Session-Id", session);
            request.Headers.Add("MCP-Protocol-Version", Legacy);
        }

        return request;
    }

    public static JsonObject Call(string tool, JsonObject? arguments = null) => new() { ["name"] = tool, ["arguments"] = arguments ?? [] };

    /// <summary>Every message of an event-stream response that has ended.</summary>
    public static async Task<IReadOnlyList<JsonNode>> MessagesAsync(HttpResponseMessage response) =>
        [.. (await response.Content.ReadAsStringAsync()).Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)];

    /// <summary>The result of the one request the response answers.</summary>
    public static async Task<JsonNode> ResultAsync(HttpResponseMessage response) => (await MessagesAsync(response))[^1]["result"].ShouldNotBeNull();

    /// <summary>The id of the next event of an open event stream.</summary>
    public static async Task<string> NextEventIdAsync(StreamReader stream, CancellationToken cancellationToken)
    {
        while (await stream.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) return line[4..];
        }

        throw new EndOfStreamException("The stream ended.");
    }

    /// <summary>The next message of an open event stream.</summary>
    public static async Task<JsonNode> NextAsync(StreamReader stream, CancellationToken cancellationToken)
    {
        while (await stream.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal)) return JsonNode.Parse(line[6..])!;
        }

        throw new EndOfStreamException("The stream ended.");
    }
}
