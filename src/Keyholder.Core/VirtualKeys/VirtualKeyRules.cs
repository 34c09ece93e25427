namespace Keyholder.VirtualKeys;

/// <summary>What names and moments a virtual key can be given. Pure.</summary>
public static class VirtualKeyRules
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The longest overlap of a rotation.</summary>
    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(30);

    /// <summary>Whether a name can be given: 1 to 64 of <c>a-z A-Z 0-9 . _ -</c>.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>Whether a key can be given that expiry: null, or in the future.</summary>
    public static bool IsExpiry(DateTimeOffset? expiresAt, DateTimeOffset now) => expiresAt is null || expiresAt > now;

    /// <summary>Whether a rotation can have that overlap: none, up to 30 days.</summary>
    public static bool IsOverlap(TimeSpan overlap) => overlap >= TimeSpan.Zero && overlap <= MaxOverlap;
}
