using System.Buffers;
using System.Collections.Frozen;

namespace Keyholder.Resources;

/// <summary>Which configured headers may go to an upstream.</summary>
internal static class StaticHeaderRules
{
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Headers that frame, route or identify a message; the gateway alone sets them.</summary>
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "Accept", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Cookie", "Expect", "Forwarded", "Host", "HTTP2-Settings", "Keep-Alive",
        "Last-Event-ID", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id", "Origin", "Proxy-Authenticate", "Proxy-Authorization",
        "Proxy-Connection", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<KeyValuePair<string, string>> Build(ResourceDefinition definition, ResourceAuthKind auth, string path, ConfigurationProblems problems)
    {
        path += ".headers";
        if (auth != ResourceAuthKind.StaticHeaders)
        {
            if (definition.Headers.Count > 0)
            {
                problems.Add(path, "is only for auth staticHeaders");
            }

            return [];
        }

        if (definition.Headers.Count == 0)
        {
            problems.Add(path, "is missing; staticHeaders needs at least one");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in definition.Headers)
        {
            var headerPath = $"{path}.{name}";
            if (NameProblem(name) is { } problem)
            {
                problems.Add(headerPath, problem);
            }
            else if (!seen.Add(name))
            {
                problems.Add(headerPath, "is there twice; header names ignore case");
            }
            else if (!IsValue(value))
            {
                problems.Add(headerPath, "has a value that is empty, begins or ends with a space, or holds a control or non-ASCII character");
            }
        }

        return [.. definition.Headers];
    }

    /// <summary>What is wrong with a header's name; null when an upstream may be sent it.</summary>
    public static string? NameProblem(string name) =>
        name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters) ? "is not a header name (RFC 9110 section 5.6.2)"
        : Reserved.Contains(name) || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) ? "is a header only the gateway itself may set"
        : null;

    /// <summary>Whether a header can carry the value and an upstream reads it the same.</summary>
    public static bool IsValue(string value) =>
        value.Length > 0 && value[0] != ' ' && value[^1] != ' ' && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
