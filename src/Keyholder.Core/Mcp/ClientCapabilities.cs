using System.Text.Json;

namespace Keyholder.Mcp;

/// <summary>What a client says it can do, read from a body that was understood before.</summary>
public static class ClientCapabilities
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = McpMessageReader.MaxDepth };

    /// <summary>Whether an <c>initialize</c> request declares elicitation by URL (2025-11-25).</summary>
    public static bool InitializeDeclaresUrlElicitation(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body, Options);
        return Member(Member(document.RootElement, "params"), "capabilities") is { } capabilities && HasUrlElicitation(capabilities);
    }

    /// <summary>Whether a stateless request declares elicitation by URL (2026-07-28).</summary>
    public static bool RequestDeclaresUrlElicitation(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body, Options);
        var meta = Member(Member(document.RootElement, "params"), "_meta");
        return Member(meta, "io.modelcontextprotocol/clientCapabilities") is { } capabilities && HasUrlElicitation(capabilities);
    }

    private static bool HasUrlElicitation(JsonElement capabilities) =>
        Member(Member(capabilities, "elicitation"), "url") is { ValueKind: JsonValueKind.Object };

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var member) ? member : null;
}
