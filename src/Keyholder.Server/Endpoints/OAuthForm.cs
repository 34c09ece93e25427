using Keyholder.OAuth;
using Microsoft.Net.Http.Headers;

namespace Keyholder.Server.Endpoints;

/// <summary>Reads the parameters of an OAuth endpoint from where RFC 6749 section 3.2 wants them: a form in the body, and nowhere else.</summary>
internal static class OAuthForm
{
    private const string MediaType = "application/x-www-form-urlencoded";

    /// <summary>The largest form taken.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The form's parameters. <c>invalid_request</c> for another media type or charset, a query string, a body that is too large (413) or malformed, and a repeated parameter.</summary>
    public static ValueTask<OAuthResult<OAuthParameters>> ReadAsync(HttpRequest request, CancellationToken cancellationToken) =>
        ReadAsync(request, FormUrlEncoding.Parse, cancellationToken);

    /// <summary>The form's pairs in order, repeated names included; refused as <see cref="ReadAsync(HttpRequest, CancellationToken)"/> refuses, repetition aside.</summary>
    public static ValueTask<OAuthResult<List<KeyValuePair<string, string?>>>> ReadPairsAsync(HttpRequest request, CancellationToken cancellationToken) =>
        ReadAsync(request, FormUrlEncoding.ParsePairs, cancellationToken);

    private static async ValueTask<OAuthResult<T>> ReadAsync<T>(HttpRequest request, FormParser<T> parse, CancellationToken cancellationToken)
        where T : notnull
    {
        if (request.QueryString.HasValue)
        {
            return OAuthErrors.InvalidRequest.Describe("Parameters belong in the body, never in the URL.");
        }

        if (!IsForm(request.ContentType))
        {
            return OAuthErrors.InvalidRequest.Describe("The body must be application/x-www-form-urlencoded in UTF-8.");
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > MaxBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return OAuthErrors.InvalidRequest.Describe("The body is too large.") with { Status = StatusCodes.Status413PayloadTooLarge };
            }

            if (read.IsCompleted)
            {
                var parameters = read.Buffer.IsSingleSegment
                    ? parse(read.Buffer.FirstSpan)
                    : parse(System.Buffers.BuffersExtensions.ToArray(read.Buffer));
                reader.AdvanceTo(read.Buffer.End);
                return parameters;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private delegate OAuthResult<T> FormParser<T>(ReadOnlySpan<byte> form)
        where T : notnull;

    private static bool IsForm(string? contentType) =>
        string.Equals(contentType, MediaType, StringComparison.OrdinalIgnoreCase) || IsFormWithParameters(contentType);

    private static bool IsFormWithParameters(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var media)
        && media.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)
        && (!media.Charset.HasValue || HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
