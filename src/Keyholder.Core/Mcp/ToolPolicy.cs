namespace Keyholder.Mcp;

/// <summary>
/// What of an MCP server may be used: everything the resource allows and the grant names, and nothing the resource denies. The same predicate guards calls and
/// filters lists. Immutable.
/// </summary>
public sealed class ToolPolicy
{
    private readonly McpCapabilityList? _allowed;
    private readonly McpCapabilityList? _denied;
    private readonly McpCapabilityList? _granted;

    /// <summary>A policy.</summary>
    /// <param name="allowed">What the resource allows; null = everything.</param>
    /// <param name="denied">What the resource denies; null = nothing.</param>
    /// <param name="granted">What the grant of a virtual key names; null = everything.</param>
    public ToolPolicy(McpCapabilityList? allowed, McpCapabilityList? denied, McpCapabilityList? granted = null) =>
        (_allowed, _denied, _granted) = (allowed, denied, granted);

    /// <summary>Everything may be used.</summary>
    public static ToolPolicy Everything { get; } = new(null, null);

    /// <summary>Whether anything may not be used: only then have answers to be filtered.</summary>
    public bool IsRestricted => _allowed is not null || _denied is not null || _granted is not null;

    /// <summary>Whether only what is named may be used: then a method nobody knows is refused.</summary>
    public bool NamesWhatIsAllowed => _allowed is not null || _granted is not null;

    /// <summary>The same policy for a key whose grant names only these.</summary>
    public ToolPolicy Narrow(McpCapabilityList granted) => new(_allowed, _denied, granted);

    /// <summary>Whether an entry of a list names something the resource knows: when it says what it allows, that; else anything. What it denies is known as well.</summary>
    public bool Knows(string entry) => _allowed is null || _allowed.Covers(entry);

    /// <summary>Whether something may be used. What has no name (null) may be used only where all of its kind may.</summary>
    public bool Allows(McpCapabilityKind kind, string? name) =>
        (_allowed is null || _allowed.Contains(kind, name))
        && (_granted is null || _granted.Contains(kind, name))
        && (_denied is null || !_denied.Contains(kind, name));
}
