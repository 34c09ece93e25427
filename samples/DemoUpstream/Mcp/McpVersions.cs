namespace DemoUpstream.Mcp;

/// <summary>The protocol versions served, by generation.</summary>
internal static class McpVersions
{
    public const string Modern = "2026-07-28";

    /// <summary>What an absent header means.</summary>
    public const string Oldest = "2025-03-26";

    public static readonly IReadOnlyList<string> Legacy = [Oldest, "2025-06-18", "2025-11-25"];

    public static readonly IReadOnlyList<string> All = [.. Legacy, Modern];
}
