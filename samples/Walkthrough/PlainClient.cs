using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Walkthrough.Servers;

namespace Walkthrough;

/// <summary>Registers, authorizes and redeems the way any client does, without a library.</summary>
public static class PlainClient
{
    private static readonly Uri RedirectUri = new("http://localhost:33420/callback");

    /// <summary>The first tokens of a new client for a resource, approved by the demo's user.</summary>
    public static Task<PlainClientTokens> AuthorizeAsync(DemoEnvironment demo, Uri resource, CancellationToken cancellationToken) =>
        AuthorizeAsync(demo, resource, demo.Username, demo.Password, cancellationToken);

    /// <summary>The first tokens of a new client for a resource, approved with a virtual key in place of a person.</summary>
    public static Task<PlainClientTokens> AuthorizeWithKeyAsync(DemoEnvironment demo, Uri resource, string virtualKey, CancellationToken cancellationToken) =>
        AuthorizeAsync(demo, resource, username: "", virtualKey, cancellationToken);

    /// <summary>The first tokens of a new client for a resource, approved by a person.</summary>
    public static async Task<PlainClientTokens> AuthorizeAsync(DemoEnvironment demo, Uri resource, string username, string password, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var registration = await http.PostAsJsonAsync(
            new Uri(demo.Issuer, "/register"),
            new { client_name = "plain", redirect_uris = new[] { RedirectUri.AbsoluteUri }, grant_types = new[] { "authorization_code", "refresh_token" }, token_endpoint_auth_method = "none" },
            cancellationToken);
        var clientId = (await registration.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("client_id").GetString()!;
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var query = $"response_type=code&client_id={clientId}&redirect_uri={Uri.EscapeDataString(RedirectUri.AbsoluteUri)}&code_challenge={challenge}&code_challenge_method=S256&state=plain&resource={Uri.EscapeDataString(resource.AbsoluteUri)}";
        using var person = new Person(username, password, (_, _) => { });
        var callback = await person.AuthorizeAsync(new Uri(demo.Issuer, "/authorize?" + query), RedirectUri, cancellationToken);
        var code = System.Web.HttpUtility.ParseQueryString(callback.Query)["code"]!;
        using var answer = await http.PostAsync(
            new Uri(demo.Issuer, "/token"),
            new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "authorization_code",
                ["code"] = code,
                ["redirect_uri"] = RedirectUri.AbsoluteUri,
                ["code_verifier"] = verifier,
                ["client_id"] = clientId,
                ["resource"] = resource.AbsoluteUri,
            }),
            cancellationToken);
        var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return new PlainClientTokens(clientId, tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
    }
}
