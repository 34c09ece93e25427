using System.Net;
using System.Text.Json;

namespace Keyholder.Tests.Endpoints.Api;

/// <summary>An answer of the API.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, string Challenge, string? CacheControl, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string ErrorId => Json.GetProperty("error_id").GetString()!;

    public int Count => Json.GetProperty("count").GetInt32();

    /// <summary>The ids of what a page lists.</summary>
    public List<string> Ids => [.. Json.EnumerateObject().First().Value.EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];

    public override string ToString() => $"{(int)Status} {Challenge} {CacheControl} {Body}";
}
