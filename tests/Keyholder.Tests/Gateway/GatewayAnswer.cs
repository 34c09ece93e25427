using System.Text.Json;

namespace Keyholder.Tests.Gateway;

/// <summary>Reads the gateway's errors.</summary>
internal static class GatewayAnswer
{
    /// <summary>The stable id, from either form of error; the text itself when there is none.</summary>
    public static async Task<string?> ErrorIdAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (!text.StartsWith('{'))
        {
            return text;
        }

        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        return root.TryGetProperty("error_id", out var id) ? id.GetString()
            : root.TryGetProperty("error", out var error) && error.TryGetProperty("data", out var data) ? data.GetProperty("error_id").GetString()
            : text;
    }

    /// <summary>The JSON-RPC error code.</summary>
    public static async Task<int> CodeAsync(HttpResponseMessage response)
    {
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return json.RootElement.GetProperty("error").GetProperty("code").GetInt32();
    }

    public static string Challenge(HttpResponseMessage response) =>
        response.Headers.TryGetValues("WWW-Authenticate", out var values) ? values.Single() : "";
}
