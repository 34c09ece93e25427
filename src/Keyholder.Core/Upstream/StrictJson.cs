using System.Globalization;
using System.Text.Json;

namespace Keyholder.Upstream;

/// <summary>Documents of other parties, read so that they mean one thing only: one object, no duplicate names, no comments, bounded depth.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = 16,
    };

    /// <summary>The document, or null when it is anything else. The caller disposes it.</summary>
    public static JsonDocument? ParseObject(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var document = JsonDocument.Parse(utf8, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
        }

        return null;
    }

    /// <summary>The string member, or null when absent, empty or of another type.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.Text() : null;

    /// <summary>The string, or null when it is empty or of another type.</summary>
    public static string? Text(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null; // an escaped lone surrogate
        }
    }

    /// <summary>The value at a dotted path of object members, or null when it is not there; an empty path is the element itself.</summary>
    public static JsonElement? At(this JsonElement element, string path)
    {
        if (path.Length == 0)
        {
            return element;
        }

        foreach (var member in path.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(member, out element))
            {
                return null;
            }
        }

        return element;
    }

    /// <summary>The string or whole number at a dotted path as text, or null when it is absent, empty or of another type.</summary>
    public static string? Identifier(this JsonElement element, string path) => element.At(path) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out var value) ? value.ToString(CultureInfo.InvariantCulture) : null,
        { } value => value.Text(),
        null => null,
    };

    /// <summary>Whether the member is an array that holds the string.</summary>
    public static bool Lists(this JsonElement element, string name, string text) =>
        element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Array
        && value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && item.ValueEquals(text));
}
