using System.Text.Json;
using Keyholder.OAuth;

namespace Keyholder.Clients;

/// <summary>
/// Reads the typed members of one JSON object and remembers the first thing that is wrong with any of them, naming the member but never its value. A member that is
/// null, or an empty string, counts as absent: SDKs send both for what they have not got.
/// </summary>
internal sealed class MetadataFields(JsonElement metadata)
{
    /// <summary>The first error; null while everything read was acceptable.</summary>
    public OAuthError? Error { get; private set; }

    /// <summary>Records an error about <paramref name="field"/> unless there is one already.</summary>
    public void Refuse(string field, string problem) =>
        Error ??= OAuthErrors.InvalidClientMetadata.Describe($"{field} {problem}.");

    /// <summary>Records an error unless there is one already.</summary>
    public void Refuse(OAuthError error) => Error ??= error;

    /// <summary>A string member, or null when absent or refused.</summary>
    public string? Text(string field)
    {
        if (!Has(field, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Refuse(field, "must be a string");
            return null;
        }

        return value.GetString() is { Length: > 0 } text ? text : null;
    }

    /// <summary>A member people read. Refused when longer than 256 characters or when it holds characters that hide or reorder what a page shows.</summary>
    public string? DisplayText(string field)
    {
        var text = Text(field)?.Trim();
        if (text is { Length: > DisplayTextPolicy.MaxLength })
        {
            Refuse(field, "is longer than 256 characters");
        }
        else if (text is not null && !DisplayTextPolicy.IsAcceptable(text))
        {
            Refuse(field, "holds control or formatting characters");
        }

        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>A web URL (see <see cref="WebUriPolicy"/>).</summary>
    public string? WebUri(string field)
    {
        var uri = Text(field);
        if (uri is not null && !WebUriPolicy.IsAcceptable(uri))
        {
            Refuse(field, "must be a plain http or https URL of at most 2048 characters");
        }

        return uri;
    }

    /// <summary>An array of strings without duplicates, or null when absent or refused.</summary>
    public IReadOnlyList<string>? Texts(string field)
    {
        if (!Has(field, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
        {
            Refuse(field, "must be an array of strings");
            return null;
        }

        return [.. value.EnumerateArray().Select(item => item.GetString()!).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A member that is an object, as JSON; null when absent or refused.</summary>
    public string? Json(string field)
    {
        if (!Has(field, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse(field, "must be an object");
            return null;
        }

        return value.GetRawText();
    }

    /// <summary>Whether the member is an array, for members that come as a string or an array.</summary>
    public bool IsArray(string field) => Has(field, out var value) && value.ValueKind == JsonValueKind.Array;

    /// <summary>Whether the member is there and not null.</summary>
    public bool Has(string field) => Has(field, out _);

    private bool Has(string field, out JsonElement value) =>
        metadata.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;
}
