using System.Text.Json;
using System.Text.Json.Nodes;
using Keyholder.OAuth;

namespace Keyholder.Upstream;

/// <summary>The body of a token endpoint's answer as one object: JSON, or a form where the provider is known to answer one.</summary>
internal static class TokenResponseBody
{
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>The object, or null when the body is anything else. The caller disposes it.</summary>
    public static JsonDocument? Parse(GuardedResponse response, bool formEncoded) =>
        response.IsJson ? StrictJson.ParseObject(response.Body)
        : formEncoded && response.MediaType == Form ? ParseForm(response.Body)
        : null;

    private static JsonDocument? ParseForm(byte[] body)
    {
        var pairs = FormUrlEncoding.ParsePairs(body);
        if (pairs.Failed || pairs.Value.Select(p => p.Key).Distinct(StringComparer.Ordinal).Count() != pairs.Value.Count)
        {
            return null;
        }

        var members = new JsonObject(pairs.Value.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)JsonValue.Create(p.Value))));
        return JsonDocument.Parse(members.ToJsonString());
    }
}
