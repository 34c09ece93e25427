using System.Buffers.Text;
using System.Text;

namespace Keyholder.Mcp;

/// <summary>The value form of mirrored headers (MCP 2026-07-28): plain, or <c>=?base64?…?=</c> around the base64 of the UTF-8 text.</summary>
public static class McpHeaderValue
{
    private const string Prefix = "=?base64?";
    private const string Suffix = "?=";

    /// <summary>Whether a header value stands for <paramref name="text"/>. A value in the base64 form is always decoded.</summary>
    public static bool Says(string header, string text)
    {
        if (header.Length < Prefix.Length + Suffix.Length
            || !header.StartsWith(Prefix, StringComparison.Ordinal)
            || !header.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return header == text;
        }

        var encoded = header.AsSpan(Prefix.Length, header.Length - Prefix.Length - Suffix.Length);
        var expected = Encoding.UTF8.GetBytes(text);

        // Encoding the expectation instead of decoding the header accepts one spelling only.
        return encoded.Length == Base64.GetMaxEncodedToUtf8Length(expected.Length)
            && encoded.SequenceEqual(Convert.ToBase64String(expected));
    }
}
