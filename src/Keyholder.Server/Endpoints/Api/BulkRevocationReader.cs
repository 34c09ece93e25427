using System.Text.Json;
using Keyholder.Sessions;
using Microsoft.Net.Http.Headers;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Reads the body of a bulk revocation. Unknown, repeated and null members are refused: each would select more than was meant.</summary>
internal static class BulkRevocationReader
{
    private const int MaxBytes = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 2 };

    /// <summary>The request, or what is wrong with it.</summary>
    public static async Task<(BulkRevocation? Revocation, ApiError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!IsJson(request.ContentType))
        {
            return (null, ApiErrors.BodyUnsupported);
        }

        if (await ReadBytesAsync(request, cancellationToken) is not { } body)
        {
            return (null, ApiErrors.BodyTooLarge);
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return (null, ApiErrors.BodyInvalid);
        }
    }

    private static (BulkRevocation? Revocation, ApiError? Error) Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return (null, ApiErrors.BodyInvalid);
        }

        var selector = new SessionSelector();
        var dryRun = false;
        foreach (var member in root.EnumerateObject())
        {
            if (member.NameEquals("dry_run") && member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                dryRun = member.Value.GetBoolean();
            }
            else if (Narrow(selector, member) is { } narrowed)
            {
                selector = narrowed;
            }
            else
            {
                return (null, ApiErrors.BodyInvalid);
            }
        }

        return selector.IsEmpty ? (null, ApiErrors.SelectorEmpty) : (new BulkRevocation(selector, dryRun), null);
    }

    private static SessionSelector? Narrow(SessionSelector selector, JsonProperty member)
    {
        if (member.Value.ValueKind != JsonValueKind.String || member.Value.GetString() is not { Length: > 0 } value || value.Any(char.IsControl))
        {
            return null;
        }

        return member.Name switch
        {
            "user_id" when selector.Subject is null => selector with { Subject = Subject.User(value) },
            "virtual_key_id" when selector.Subject is null => selector with { Subject = new Subject(SubjectKind.VirtualKey, value) },
            "client_id" => selector with { ClientId = value },
            "resource" => selector with { Resource = value },
            "subject_kind" when SubjectKinds.Parse(value) is { } kind => selector with { SubjectKind = kind },
            _ => null,
        };
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var media)
        && media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!media.Charset.HasValue || HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static async Task<byte[]?> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= MaxBytes ? buffer[..length] : null;
    }
}
