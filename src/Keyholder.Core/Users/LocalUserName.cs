using System.Buffers;

namespace Keyholder.Users;

/// <summary>
/// The rules of local sign-in names. The alphabet is small on purpose: no two different names look alike, and a name is safe
/// in a log line.
/// </summary>
public static class LocalUserName
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._@+-");

    /// <summary>The normalised form (trimmed, lower case) of 1 to 64 ASCII letters, digits and <c>. _ @ + -</c>; null for anything else.</summary>
    public static string? Normalize(string? name)
    {
        var normalized = name?.Trim().ToLowerInvariant();
        return normalized is { Length: > 0 and <= MaxLength } && !normalized.AsSpan().ContainsAnyExcept(Alphabet) ? normalized : null;
    }
}
