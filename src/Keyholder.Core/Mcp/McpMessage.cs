namespace Keyholder.Mcp;

/// <summary>What the gateway decides on, read from one JSON-RPC message.</summary>
public readonly record struct McpMessage
{
    public required McpMessageKind Kind { get; init; }

    /// <summary>The method; null for a response.</summary>
    public string? Method { get; init; }

    /// <summary>What the method acts on: <c>params.name</c>, <c>params.uri</c> or <c>params.taskId</c>, whichever <see cref="McpMethods.NameMember"/> says; null for other methods.</summary>
    public string? Name { get; init; }

    /// <summary><c>params.uri</c>, whatever the method; null when it is no text.</summary>
    public string? Uri { get; init; }

    /// <summary><c>params.ref</c>, whatever the method; null when it is no object.</summary>
    public McpReference? Reference { get; init; }

    /// <summary><c>params.notifications.resourceSubscriptions</c>, whatever the method; null without one.</summary>
    public IReadOnlyList<string>? ResourceSubscriptions { get; init; }

    /// <summary><c>params._meta["io.modelcontextprotocol/protocolVersion"]</c>, or null.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>Where the raw JSON of the id lies in the body; empty without one.</summary>
    public Range Id { get; init; }
}
