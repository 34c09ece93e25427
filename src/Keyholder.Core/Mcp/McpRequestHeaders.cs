namespace Keyholder.Mcp;

/// <summary>The request headers that mirror the body (MCP 2026-07-28, streamable HTTP). Null when absent.</summary>
/// <param name="ProtocolVersion"><c>MCP-Protocol-Version</c>.</param>
/// <param name="Method"><c>Mcp-Method</c>.</param>
/// <param name="Name"><c>Mcp-Name</c>, as sent.</param>
public readonly record struct McpRequestHeaders(string? ProtocolVersion, string? Method, string? Name);
