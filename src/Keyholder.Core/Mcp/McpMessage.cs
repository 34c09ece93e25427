namespace Keyholder.Mcp;

/// <summary>What the gateway decides on, read from one JSON-RPC message.</summary>
public readonly record struct McpMessage
{
    public required McpMessageKind Kind { get; init; }

    /// <summary>The method; null for a response.</summary>
    public string? Method { get; init; }

    /// <summary>What the method acts on: <c>params.name</c>, <c>params.uri</c> or <c>params.taskId</c>, whichever <see cref="McpMethods.NameMember"/> says; null for other methods.</summary>
    public string? Name { get; init; }

    /// <summary><c>params._meta["io.modelcontextprotocol/protocolVersion"]</c>, or null.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>Where the raw JSON of the id lies in the body; empty without one.</summary>
    public Range Id { get; init; }
}
