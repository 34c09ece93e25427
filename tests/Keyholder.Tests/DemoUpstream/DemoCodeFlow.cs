using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using DemoUpstream;
using Microsoft.AspNetCore.WebUtilities;

namespace Keyholder.Tests.DemoUpstream;

/// <summary>Speaks OAuth to a demo upstream as its configured client, without a browser.</summary>
internal sealed class DemoCodeFlow(DemoUpstreamApp app) : IDisposable
{
    public const string RedirectUri = "http://127.0.0.1:9/callback";
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(app.BaseAddress) };

    public async Task<HttpResponseMessage> AuthorizeAsync(params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = "demo-client",
            ["redirect_uri"] = RedirectUri,
            ["scope"] = "openid mcp",
            ["state"] = "state-1",
            ["nonce"] = "nonce-1",
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes) parameters[name] = value;
        return await Http.GetAsync(QueryHelpers.AddQueryString("/authorize", parameters.Where(p => p.Value is not null)));
    }

    /// <summary>The parameters an authorization response carries back to the client.</summary>
    public static Dictionary<string, string> Callback(HttpResponseMessage response)
    {
        response.Headers.Location.ShouldNotBeNull().ToString().ShouldStartWith(RedirectUri + "?");
        return QueryHelpers.ParseQuery(response.Headers.Location!.Query).ToDictionary(p => p.Key, p => p.Value.ToString());
    }

    public async Task<string> CodeAsync(params (string Name, string? Value)[] changes) => Callback(await AuthorizeAsync(changes))["code"];

    public Task<HttpResponseMessage> TokenAsync(params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/token")
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("demo-client:demo-client-secret")));
        return Http.SendAsync(request);
    }

    public Task<HttpResponseMessage> RedeemAsync(string code, string verifier = Verifier, string redirectUri = RedirectUri) =>
        TokenAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri), ("code_verifier", verifier));

    public Task<HttpResponseMessage> RefreshAsync(string refreshToken) => TokenAsync(("grant_type", "refresh_token"), ("refresh_token", refreshToken));

    /// <summary>The whole flow: the token response.</summary>
    public async Task<JsonNode> SignInAsync(params (string Name, string? Value)[] changes) => await JsonAsync(await RedeemAsync(await CodeAsync(changes)));

    public async Task<string> AccessTokenAsync(params (string Name, string? Value)[] changes) => (string)(await SignInAsync(changes))["access_token"]!;

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    public void Dispose() => Http.Dispose();
}
