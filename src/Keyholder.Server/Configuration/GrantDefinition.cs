namespace Keyholder.Server.Configuration;

/// <summary>What a virtual key may do at a resource, as the operator wrote it, not validated yet.</summary>
public sealed record GrantDefinition
{
    /// <summary>What it may use: tools by name, or <c>prompt:NAME</c>, <c>resource:URI</c>; <c>*</c> in place of a name for all of a kind, <c>task:*</c> for tasks. Empty = nothing. Left out = everything.</summary>
    public IReadOnlyList<string>? Tools { get; init; }
}
