namespace Keyholder.VirtualKeys;

/// <summary>What the tool list of a grant has to look like. Pure.</summary>
public static class GrantRules
{
    /// <summary>How many entries a list may have.</summary>
    public const int MaxTools = 500;

    /// <summary>The longest entry, in characters.</summary>
    public const int MaxToolLength = 512;

    /// <summary>What is wrong with a list, or null.</summary>
    public static string? FindProblem(IReadOnlyList<string> tools) =>
        tools.Count > MaxTools ? $"has more than {MaxTools} entries"
        : tools.Any(tool => tool.Length is 0 or > MaxToolLength || tool.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
            ? $"has an entry that is empty, longer than {MaxToolLength} characters or not plain text"
        : null;

    /// <summary>The grant as it is stored: each entry once, in order, so that equal grants are equal.</summary>
    public static Grant Normalize(Grant grant) =>
        grant with { Tools = grant.Tools is { } tools ? [.. tools.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] : null };
}
