using Keyholder.Mcp;
using Keyholder.Tokens;

namespace Keyholder.Server.Gateway;

/// <summary>Whether a request may use a resource, and as whom.</summary>
/// <param name="Refusal">Why not; null when it may.</param>
/// <param name="AccessToken">The claims; also there when only a scope is missing.</param>
/// <param name="Tools">What of the MCP server may be used; null when it may not.</param>
internal readonly record struct Admission(GatewayError? Refusal, AccessToken? AccessToken = null, ToolPolicy? Tools = null);
