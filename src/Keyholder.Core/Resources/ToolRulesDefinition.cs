namespace Keyholder.Resources;

/// <summary>What of a resource's MCP server may be used, as the operator wrote it, not validated yet.</summary>
public sealed record ToolRulesDefinition
{
    /// <summary>Only these may be used: tools by name, or <c>prompt:NAME</c>, <c>resource:URI</c>; <c>prompt:*</c>, <c>resource:*</c> and <c>task:*</c> for all of a kind. Left out = everything.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>These may not be used, whoever asks; written like <c>allow</c>.</summary>
    public IReadOnlyList<string>? Deny { get; init; }

    /// <summary>Tool → the scopes a call of it needs beside those of every request, separated by spaces.</summary>
    public IReadOnlyDictionary<string, string> Scopes { get; init; } = new Dictionary<string, string>();
}
