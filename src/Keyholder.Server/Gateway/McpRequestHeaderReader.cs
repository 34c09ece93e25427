using System.Diagnostics.CodeAnalysis;
using Keyholder.Mcp;
using Microsoft.Extensions.Primitives;

namespace Keyholder.Server.Gateway;

/// <summary>The request headers of MCP: which there are, which are forwarded, and that each is one value of visible ASCII.</summary>
internal static class McpRequestHeaderReader
{
    public const string ProtocolVersion = "MCP-Protocol-Version";
    public const string Method = "Mcp-Method";
    public const string Name = "Mcp-Name";
    public const string SessionId = "Mcp-Session-Id";
    public const string LastEventId = "Last-Event-ID";
    private const string ParameterPrefix = "Mcp-Param-";

    /// <summary>The mirrored headers; false when any header of MCP is repeated or could not be forwarded as it is.</summary>
    public static bool TryRead(IHeaderDictionary headers, out McpRequestHeaders mirrored)
    {
        mirrored = default;
        string? version = null, method = null, name = null;
        foreach (var header in headers)
        {
            if (!IsForwarded(header.Key) && !header.Key.Equals(SessionId, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!IsOneValue(header.Value, out var value))
            {
                return false;
            }

            if (header.Key.Equals(ProtocolVersion, StringComparison.OrdinalIgnoreCase))
            {
                version = value;
            }
            else if (header.Key.Equals(Method, StringComparison.OrdinalIgnoreCase))
            {
                method = value;
            }
            else if (header.Key.Equals(Name, StringComparison.OrdinalIgnoreCase))
            {
                name = value;
            }
        }

        mirrored = new McpRequestHeaders(version, method, name);
        return true;
    }

    /// <summary>Whether a client's header goes to the upstream under its own name. Everything else stays here.</summary>
    public static bool IsForwarded(string name) => name.Length > 0 && (name[0] | 0x20) switch
    {
        'm' => name.StartsWith(ParameterPrefix, StringComparison.OrdinalIgnoreCase)
            || name.Equals(ProtocolVersion, StringComparison.OrdinalIgnoreCase)
            || name.Equals(Method, StringComparison.OrdinalIgnoreCase)
            || name.Equals(Name, StringComparison.OrdinalIgnoreCase),
        'l' => name.Equals(LastEventId, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static bool IsOneValue(StringValues values, [NotNullWhen(true)] out string? value)
    {
        value = values.Count == 1 ? values[0] : null;
        return value is not null && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
    }
}
