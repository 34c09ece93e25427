using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Keyholder.Server.Gateway;

/// <summary>Content negotiation of streamable HTTP: JSON in, JSON or an event stream out.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string EventStream = "text/event-stream";
    public const string JsonAndEventStream = "application/json, text/event-stream";

    /// <summary>Whether a request body is JSON as it stands: UTF-8, no content coding, no transfer coding but chunks.</summary>
    public static bool IsPlainJson(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0 || request.Headers.ContentType.Count > 1)
        {
            return false;
        }

        var coding = request.Headers.TransferEncoding;
        if (coding.Count > 0 && !coding.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var type = request.ContentType;
        return type == Json
            || (MediaTypeHeaderValue.TryParse(type, out var parsed)
                && parsed.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
                && (!parsed.Charset.HasValue || HeaderUtilities.RemoveQuotes(parsed.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Whether <c>Accept</c> admits what an answer may be: an event stream, and for POST also JSON. An absent header admits everything (RFC 9110 section 12.5.1).</summary>
    public static bool Accepts(StringValues accept, bool json)
    {
        if (accept.Count == 0 || (accept.Count == 1 && (accept[0] == JsonAndEventStream || (!json && accept[0] == EventStream))))
        {
            return true;
        }

        return MediaTypeHeaderValue.TryParseList(accept, out var ranges)
            && Admits(ranges, EventStream)
            && (!json || Admits(ranges, Json));
    }

    /// <summary>Whether an upstream's content type is an event stream.</summary>
    public static bool IsEventStream(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == EventStream.Length || contentType[EventStream.Length] is ';' or ' ' or '\t');

    // The most specific range decides, as its weight may be zero.
    private static bool Admits(IList<MediaTypeHeaderValue> ranges, string type)
    {
        var wanted = new MediaTypeHeaderValue(type);
        var best = -1;
        var admitted = false;
        foreach (var range in ranges)
        {
            var precision = range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
            if (precision >= best && wanted.IsSubsetOf(range))
            {
                best = precision;
                admitted = range.Quality is null or > 0;
            }
        }

        return admitted;
    }
}
