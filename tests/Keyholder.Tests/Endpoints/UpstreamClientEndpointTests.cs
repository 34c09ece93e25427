using System.Net;
using System.Text.Json;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Endpoints;

public sealed class UpstreamClientEndpointTests : IAsyncLifetime
{
    private KeyholderHost _host = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await KeyholderHost.StartAsync("""
            {
              "server": { "publicUrl": "https://keys.example.com" },
              "providers": { "github": { "clientId": "id", "clientSecret": "secret" } },
              "resources": {
                "tracker": { "upstream": "https://mcp.tracker.example/mcp", "auth": "discovered", "displayName": "Tracker" },
                "wiki": { "upstream": "https://mcp.wiki.example/mcp", "auth": "discovered" },
                "mail": { "upstream": "https://mcp.mail.example/mcp", "auth": "discovered", "discovery": { "issuer": "https://as.example", "clientId": "mine" } }
              }
            }
            """);
        _http = new HttpClient(_host.CreateHandler()) { BaseAddress = new Uri("http://keys.example.com") };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("tracker", "Keyholder (Tracker)")]
    [InlineData("wiki", "Keyholder (wiki)")]
    public async Task Every_discovered_provider_has_a_document_and_a_redirect_URI_of_its_own(string name, string clientName)
    {
        var document = await ReadAsync($"/oauth/client/{name}.json");

        document.GetProperty("client_id").GetString().ShouldBe($"https://keys.example.com/oauth/client/{name}.json");
        document.GetProperty("client_name").GetString().ShouldBe(clientName);
        document.GetProperty("redirect_uris").EnumerateArray().Select(u => u.GetString()).ShouldBe([$"https://keys.example.com/callback/{name}"]);
    }

    [Theory]
    [InlineData("mail")]
    [InlineData("github")]
    [InlineData("unknown")]
    [InlineData("Tracker")]
    [InlineData("..%2Fclient")]
    [InlineData("")]
    public async Task Nobody_else_has_one(string name)
    {
        using var answer = await _http.GetAsync($"/oauth/client/{name}.json", TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_former_document_is_still_there_and_lets_nobody_begin_anything()
    {
        var document = await ReadAsync("/oauth/client.json");

        document.GetProperty("client_id").GetString().ShouldBe("https://keys.example.com/oauth/client.json");
        document.GetProperty("redirect_uris").EnumerateArray().Select(u => u.GetString()).ShouldBe(["https://keys.example.com/oauth/client.json"]);
        document.GetProperty("grant_types").EnumerateArray().Select(g => g.GetString()).ShouldBe(["refresh_token"]);
    }

    private async Task<JsonElement> ReadAsync(string path)
    {
        using var answer = await _http.GetAsync(path, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        answer.Headers.CacheControl!.Public.ShouldBeTrue();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
    }
}
