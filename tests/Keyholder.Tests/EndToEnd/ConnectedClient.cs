using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Keyholder.Tests.DemoUpstream;
using Keyholder.Tests.Endpoints;
using Keyholder.Tests.Gateway;

namespace Keyholder.Tests.EndToEnd;

/// <summary>An MCP client that registered itself, acts for one person and talks to one resource.</summary>
internal sealed class ConnectedClient
{
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    private const string RedirectUri = "https://app.example.com/callback";

    private readonly EndToEndHost _host;
    private readonly string _user;
    private readonly string _account;

    private ConnectedClient(EndToEndHost host, string id, string? secret, string resource, string user, string account)
    {
        (_host, Id, Secret, Resource, _user, _account) = (host, id, secret, resource, user, account);
    }

    public string Id { get; }

    public string? Secret { get; }

    public string Resource { get; }

    public string ResourceUri => EndToEndHost.Issuer + Path;

    public string Path => "/mcp/" + Resource;

    public string AccessToken { get; private set; } = "";

    public string RefreshToken { get; private set; } = "";

    /// <summary>Whether the last authorization led over the provider.</summary>
    public bool VisitedProvider { get; private set; }

    /// <summary>The code of the last authorization.</summary>
    public string Code { get; private set; } = "";

    /// <summary>Cookies of the browser the last authorization was made with.</summary>
    public List<string> Cookies { get; } = [];

    public static async Task<ConnectedClient> RegisterAsync(EndToEndHost host, string resource, string user, string account, string method = "client_secret_post")
    {
        var metadata = new JsonObject
        {
            ["client_name"] = "Example app",
            ["redirect_uris"] = new JsonArray(RedirectUri),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["token_endpoint_auth_method"] = method,
        };
        using var response = await host.Http.PostAsJsonAsync("/register", metadata);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var registered = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        return new ConnectedClient(host, (string)registered["client_id"]!, (string?)registered["client_secret"], resource, user, account);
    }

    /// <summary>The way a person goes once more: sign in, approve, the provider if Keyholder sends there, and the code.</summary>
    public async Task AuthorizeAsync()
    {
        using var browser = _host.CreateBrowser();
        var url = "/authorize?response_type=code&state=xyz&code_challenge_method=S256&code_challenge=" + Challenge
            + $"&client_id={Uri.EscapeDataString(Id)}&redirect_uri={Uri.EscapeDataString(RedirectUri)}&resource={Uri.EscapeDataString(ResourceUri)}";
        var page = await browser.SignInAsync(await browser.GetAsync(url), _user);
        page = page.Title.StartsWith("Approve", StringComparison.Ordinal) ? await browser.ApproveAsync(page) : page;
        VisitedProvider = page.Location?.StartsWith(_host.Upstream.BaseAddress, StringComparison.Ordinal) == true;
        if (VisitedProvider)
        {
            page = await browser.GetAsync(await _host.VisitProviderAsync(page.Location!, _account));
        }

        page.Location.ShouldNotBeNull(page.Html).ShouldStartWith(RedirectUri);
        Cookies.AddRange(new[] { "__Host-kh_session", "__Host-kh_browser" }.Select(name => browser.Cookies[name]).OfType<string>());
        Code = page.Query("code").ShouldNotBeNull(page.Location);
        Keep(await TokenAsync(("grant_type", "authorization_code"), ("code", Code), ("code_verifier", Verifier), ("redirect_uri", RedirectUri)));
    }

    /// <summary>Uses a refresh token; the newest by default, whose successor is kept.</summary>
    public async Task<TokenAnswer> RefreshAsync(string? refreshToken = null)
    {
        var answer = await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", refreshToken ?? RefreshToken));
        if (refreshToken is null)
        {
            Keep(answer);
        }

        return answer;
    }

    public async Task<TokenAnswer> TokenAsync(params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(
            [.. form.Select(f => KeyValuePair.Create(f.Name, f.Value)), new("client_id", Id), .. Secret is null ? [] : new[] { KeyValuePair.Create("client_secret", Secret) }]);
        using var response = await _host.Http.PostAsync("/token", content);
        return new TokenAnswer(response.StatusCode, response.Headers.ToString(), await response.Content.ReadAsStringAsync());
    }

    /// <summary>A stateless call of a tool, ready to be sent or bent.</summary>
    public HttpRequestMessage Call(string tool, JsonObject? arguments = null, string? path = null) =>
        McpWire.ModernRequest(path ?? Path, "tools/call", McpWire.Call(tool, arguments), AccessToken);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _host.Http.SendAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Sends and hands the answer out as soon as its headers are there.</summary>
    public Task<HttpResponseMessage> StreamAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        request.Options.Set(RecordingHandler.Streamed, true);
        return _host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>The upstream account a call is made with.</summary>
    public async Task<string> WhoAmIAsync()
    {
        using var response = await SendAsync(Call("whoami"));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (string)(await McpWire.ResultAsync(response))["structuredContent"]!["account"]!;
    }

    /// <summary>Calls and asserts a refusal by its stable id.</summary>
    public async Task<HttpResponseHeaders> ShouldBeRefusedAsync(HttpStatusCode status, string errorId, string? path = null)
    {
        using var response = await SendAsync(Call("whoami", path: path));
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe(errorId);
        response.StatusCode.ShouldBe(status);
        return response.Headers;
    }

    private void Keep(TokenAnswer answer)
    {
        answer.Succeeded.ShouldBeTrue(answer.Body);
        (AccessToken, RefreshToken) = (answer.AccessToken, answer.RefreshToken);
    }
}
