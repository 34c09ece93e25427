using System.Net;
using System.Text.Json;

namespace Keyholder.Tests.Endpoints;

/// <summary>What the token endpoint said.</summary>
internal sealed record TokenAnswer(HttpStatusCode Status, string Headers, string Body)
{
    public string? Error => Text("error");

    public string AccessToken => Text("access_token")!;

    public string RefreshToken => Text("refresh_token")!;

    public string? Scope => Text("scope");

    public bool Succeeded => Status == HttpStatusCode.OK;

    private string? Text(string name)
    {
        using var json = JsonDocument.Parse(Body);
        return json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
