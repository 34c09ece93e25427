namespace Keyholder.Mcp;

/// <summary>What one POST carries: a message, or a batch of them (protocol version 2025-03-26 only).</summary>
public readonly record struct McpBody
{
    /// <summary>The message; the first one of a batch.</summary>
    public required McpMessage Message { get; init; }

    /// <summary>All messages of a batch, at least one; null when the body is not a batch.</summary>
    public IReadOnlyList<McpMessage>? Batch { get; init; }
}
