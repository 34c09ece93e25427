using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Reads the body of an API request strictly: one flat JSON object in UTF-8, without repeated members, of at most 16 KiB.</summary>
internal static class ApiBody
{
    private const int MaxBytes = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 2 };

    /// <summary>What <paramref name="read"/> makes of the object, or what is wrong with the body.</summary>
    public static async Task<(T? Value, ApiError? Error)> ReadAsync<T>(HttpRequest request, Func<JsonElement, (T? Value, ApiError? Error)> read)
        where T : class
    {
        if (!IsJson(request.ContentType))
        {
            return (null, ApiErrors.BodyUnsupported);
        }

        if (await ReadBytesAsync(request) is not { } body)
        {
            return (null, ApiErrors.BodyTooLarge);
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : (null, ApiErrors.BodyInvalid);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter is what half a surrogate pair is answered with.
            return (null, ApiErrors.BodyInvalid);
        }
    }

    /// <summary>A member's text; null when it is no string, empty, or holds a control character.</summary>
    public static string? Text(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { Length: > 0 } text && !text.Any(char.IsControl) ? text : null;

    /// <summary>A member's truth value; null when it has none.</summary>
    public static bool? Flag(JsonProperty member) =>
        member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? member.Value.GetBoolean() : null;

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var media)
        && media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!media.Charset.HasValue || HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static async Task<byte[]?> ReadBytesAsync(HttpRequest request)
    {
        var buffer = new byte[MaxBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        return length <= MaxBytes ? buffer[..length] : null;
    }
}
