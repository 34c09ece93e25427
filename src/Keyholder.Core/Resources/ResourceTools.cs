using System.Collections.Frozen;
using Keyholder.Mcp;

namespace Keyholder.Resources;

/// <summary>What of a resource's MCP server may be used, and which scopes its tools need. Immutable and validated.</summary>
/// <param name="Policy">What may be used, whoever asks.</param>
/// <param name="Scopes">Tool → the scopes a call of it needs beside those of every request.</param>
public sealed record ResourceTools(ToolPolicy Policy, IReadOnlyDictionary<string, IReadOnlyList<string>> Scopes)
{
    /// <summary>Everything may be used, with no scope of its own.</summary>
    public static ResourceTools Everything { get; } = new(ToolPolicy.Everything, FrozenDictionary<string, IReadOnlyList<string>>.Empty);
}
