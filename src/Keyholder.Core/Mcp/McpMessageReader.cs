using System.Text.Json;
using System.Text.Unicode;

namespace Keyholder.Mcp;

/// <summary>
/// Reads the body of an MCP POST so strictly that no two JSON parsers can understand an accepted one differently: what is authorized is
/// what the upstream will do. One pass; nothing is kept but what <see cref="McpMessage"/> names.
/// </summary>
public static class McpMessageReader
{
    /// <summary>How deep values may nest.</summary>
    public const int MaxDepth = 64;

    /// <summary>How many messages a batch may have. Each is authorized and, when refused, answered by itself: what a body can cost is not left to its size.</summary>
    public const int MaxBatch = 100;

    /// <summary>Reads a whole body.</summary>
    public static McpReadOutcome Read(ReadOnlySpan<byte> body, out McpBody message)
    {
        message = default;
        if (!Utf8.IsValid(body))
        {
            return McpReadOutcome.Malformed;
        }

        var parser = new McpBodyParser(body, stackalloc JsonMemberNames.Scope[MaxDepth + 1]);
        try
        {
            return parser.Parse(out message);
        }
        catch (JsonException)
        {
            return McpReadOutcome.Malformed;
        }
        finally
        {
            parser.Dispose();
        }
    }
}
