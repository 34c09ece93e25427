namespace Keyholder.Mcp;

/// <summary>The protocol versions the gateway understands.</summary>
public static class McpProtocolVersions
{
    public const string V20241105 = "2024-11-05";
    public const string V20250326 = "2025-03-26";
    public const string V20250618 = "2025-06-18";
    public const string V20251125 = "2025-11-25";
    public const string V20260728 = "2026-07-28";

    /// <summary>Every known version, newest first: the <c>supported</c> list of an unsupported-version error.</summary>
    public static IReadOnlyList<string> Supported { get; } = [V20260728, V20251125, V20250618, V20250326, V20241105];

    /// <summary>Whether the version is one the gateway knows the rules of.</summary>
    public static bool IsSupported(string version) => version is V20260728 or V20251125 or V20250618 or V20250326 or V20241105;

    /// <summary>Whether the version has batches: only 2025-03-26, which is also what a request without the header speaks.</summary>
    public static bool HasBatches(string? version) => version is null or V20250326;

    /// <summary>Whether the version is stateless and mirrors the body in headers (2026-07-28).</summary>
    public static bool IsModern(string? version) => version is V20260728;
}
