namespace Keyholder.OAuth;

/// <summary>Scope lists as RFC 6749 section 3.3 writes them: space-delimited, case-sensitive, order without meaning.</summary>
public static class Scopes
{
    /// <summary>Accepted from every client (OpenID Connect Core section 11), never granted as a permission, never in a challenge.</summary>
    public const string OfflineAccess = "offline_access";

    /// <summary>Splits a scope parameter. Returns null when a token holds a character outside %x21 / %x23-5B / %x5D-7E; duplicates are dropped.</summary>
    public static IReadOnlyList<string>? Parse(string? scope)
    {
        if (string.IsNullOrEmpty(scope))
        {
            return [];
        }

        var scopes = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsScopeToken(token))
            {
                return null;
            }

            if (seen.Add(token))
            {
                scopes.Add(token);
            }
        }

        return scopes;
    }

    /// <summary>Whether <paramref name="token"/> is one scope-token of RFC 6749 section 3.3.</summary>
    public static bool IsScopeToken(string token) =>
        token.Length > 0 && token.All(c => c is '!' or (>= '#' and <= '[') or (>= ']' and <= '~'));

    /// <summary>Joins scopes for the wire.</summary>
    public static string Format(IEnumerable<string> scopes) => string.Join(' ', scopes);

    /// <summary>Whether every scope of <paramref name="requested"/> is in <paramref name="granted"/>.</summary>
    public static bool Covers(IReadOnlyCollection<string> granted, IReadOnlyCollection<string> requested) =>
        requested.All(granted.Contains);
}
