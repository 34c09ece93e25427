using System.Collections.Frozen;

namespace Keyholder.Mcp;

/// <summary>
/// A list of what may, or may not, be used of an MCP server. An entry is the name of a tool, or <c>tool:NAME</c>, <c>prompt:NAME</c>, <c>resource:URI</c>; <c>*</c> in
/// place of the name means every one of its kind, and <c>task:*</c> all tasks. Names are compared byte for byte.
/// </summary>
public sealed class McpCapabilityList
{
    private const string Every = "*";
    private static readonly (string Prefix, McpCapabilityKind Kind)[] Prefixes =
        [("tool:", McpCapabilityKind.Tool), ("prompt:", McpCapabilityKind.Prompt), ("resource:", McpCapabilityKind.Resource), ("task:", McpCapabilityKind.Task)];

    private readonly FrozenSet<string>[] _names;

    /// <summary>A list of entries in any order.</summary>
    public McpCapabilityList(IEnumerable<string> entries)
    {
        var parsed = entries.Select(Parse).ToList();
        _names = [.. Enum.GetValues<McpCapabilityKind>().Select(kind => parsed.Where(entry => entry.Kind == kind).Select(entry => entry.Name).ToFrozenSet(StringComparer.Ordinal))];
    }

    /// <summary>Whether the list names something, alone or with all of its kind. Null is never named alone.</summary>
    public bool Contains(McpCapabilityKind kind, string? name)
    {
        var names = _names[(int)kind];
        return names.Contains(Every) || (name is not null && names.Contains(name));
    }

    /// <summary>Whether another list's entry names something of this one, alone or with all of its kind.</summary>
    public bool Covers(string entry)
    {
        var (kind, name) = Parse(entry);
        return name == Every ? _names[(int)kind].Count > 0 : Contains(kind, name);
    }

    private static (McpCapabilityKind Kind, string Name) Parse(string entry)
    {
        foreach (var (prefix, kind) in Prefixes)
        {
            if (entry.StartsWith(prefix, StringComparison.Ordinal))
            {
                return (kind, entry[prefix.Length..]);
            }
        }

        return (McpCapabilityKind.Tool, entry);
    }
}
