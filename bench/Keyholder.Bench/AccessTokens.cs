using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keyholder.OAuth;
using Walkthrough;
using Walkthrough.Servers;

namespace Keyholder.Bench;

/// <summary>Gets an access token the way any client does.</summary>
internal static class AccessTokens
{
    private static readonly Uri RedirectUri = new("http://localhost:33420/callback");

    public static async Task<string> ObtainAsync(DemoEnvironment demo, Uri resource, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var registration = await http.PostAsJsonAsync(
            new Uri(demo.Issuer, "/register"),
            new { client_name = "bench", redirect_uris = new[] { RedirectUri.AbsoluteUri }, grant_types = new[] { "authorization_code", "refresh_token" }, token_endpoint_auth_method = "none" },
            cancellationToken);
        var clientId = (await registration.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("client_id").GetString()!;
        var verifier = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
        var challenge = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var query = $"response_type=code&client_id={clientId}&redirect_uri={Uri.EscapeDataString(RedirectUri.AbsoluteUri)}&code_challenge={challenge}&code_challenge_method=S256&state=bench&resource={Uri.EscapeDataString(resource.AbsoluteUri)}";
        using var person = new Person(demo.Username, demo.Password, (_, _) => { });
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
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("access_token").GetString()!;
    }
}
