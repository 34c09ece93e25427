namespace Keyholder.Mcp;

/// <summary>What a grant can name of an MCP server.</summary>
public enum McpCapabilityKind
{
    Tool,
    Prompt,

    /// <summary>A resource of the MCP server, by its URI or URI template.</summary>
    Resource,

    /// <summary>Tasks, which only their server knows by name.</summary>
    Task,
}
