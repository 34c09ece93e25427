using System.Net;
using System.Text.Json;
using ModelContextProtocol.Authentication;

namespace Walkthrough;

/// <summary>Refreshes by hand, to show what a client library hides.</summary>
internal sealed class TokenEndpoint(HttpClient http, Uri endpoint, string resource, TokenContainer client)
{
    /// <summary>One refresh request.</summary>
    public async Task<Answer> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = refreshToken,
            ["resource"] = resource,
            ["client_id"] = client.ClientId!,
        };
        if (!string.IsNullOrEmpty(client.ClientSecret))
        {
            form["client_secret"] = client.ClientSecret;
        }

        using var response = await http.PostAsync(endpoint, new FormUrlEncodedContent(form), cancellationToken);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return new Answer(response.StatusCode, Text(body, "access_token"), Text(body, "refresh_token"), Text(body, "error"));
    }

    private static string? Text(JsonDocument body, string name) =>
        body.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>What the token endpoint answered.</summary>
    public sealed record Answer(HttpStatusCode Status, string? AccessToken, string? RefreshToken, string? Error);
}
