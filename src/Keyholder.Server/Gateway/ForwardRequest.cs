using Keyholder.Mcp;
using Keyholder.Tokens;

namespace Keyholder.Server.Gateway;

/// <summary>A request that was admitted and understood.</summary>
/// <param name="Route">Where it goes.</param>
/// <param name="AccessToken">Whose it is.</param>
/// <param name="Body">The body of a POST; null otherwise.</param>
/// <param name="UpstreamSessionId">The upstream's own session id, unwrapped; null without one.</param>
/// <param name="Filter">What lists in the answer may name; null when the answer goes as it comes.</param>
internal sealed record ForwardRequest(GatewayRoute Route, AccessToken AccessToken, RequestBody? Body, string? UpstreamSessionId, ToolPolicy? Filter = null)
{
    /// <summary>The method of the one message of the body; null for a response and without a body.</summary>
    public string? Method { get; init; }

    /// <summary>Which requests of the body wait for an answer.</summary>
    public AwaitedIds Awaited { get; init; }

    /// <summary>Whether the protocol version is one without sessions.</summary>
    public bool IsModern { get; init; }

    /// <summary>Whether the client declared elicitation by URL when it opened the MCP session.</summary>
    public bool SessionHasUrlElicitation { get; init; }

    /// <summary>Whether the client can be asked to open a URL.</summary>
    public bool HasUrlElicitation => Body is not null && IsModern
        ? ClientCapabilities.RequestDeclaresUrlElicitation(Body.Bytes)
        : SessionHasUrlElicitation || (Body is not null && Method == McpMethods.Initialize && ClientCapabilities.InitializeDeclaresUrlElicitation(Body.Bytes));
}
