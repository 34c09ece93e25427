using System.Collections.Frozen;

namespace Keyholder.Server.Gateway;

/// <summary>
/// Which headers of an upstream's answer the client gets: what describes the content, MCP's own, and rate limits. Anything else could speak
/// in Keyholder's name (<c>WWW-Authenticate</c>, <c>Set-Cookie</c>, <c>Strict-Transport-Security</c>, CORS, <c>Location</c>, …).
/// </summary>
internal static class ResponseHeaderPolicy
{
    private static readonly FrozenSet<string> Passed = new[]
    {
        "Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Disposition",
        "Allow", "Retry-After",
        "RateLimit", "RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
        "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
        McpRequestHeaderReader.ProtocolVersion,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Copies what passes.</summary>
    public static void Copy(HttpResponseMessage from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from.Headers.NonValidated)
        {
            if (Passed.Contains(name))
            {
                to[name] = values.ToString();
            }
        }

        foreach (var (name, values) in from.Content.Headers.NonValidated)
        {
            if (Passed.Contains(name))
            {
                to[name] = values.ToString();
            }
        }
    }
}
