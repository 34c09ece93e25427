using Keyholder.Mcp;
using Keyholder.Tokens;

namespace Keyholder.Server.Gateway;

/// <summary>A request that was admitted and understood.</summary>
/// <param name="Route">Where it goes.</param>
/// <param name="AccessToken">Whose it is.</param>
/// <param name="Body">The body of a POST; null otherwise.</param>
/// <param name="UpstreamSessionId">The upstream's own session id, unwrapped; null without one.</param>
/// <param name="Filter">What lists in the answer may name; null when the answer goes as it comes.</param>
internal sealed record ForwardRequest(GatewayRoute Route, AccessToken AccessToken, RequestBody? Body, string? UpstreamSessionId, ToolPolicy? Filter = null);
