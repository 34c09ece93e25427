using System.Net;
using System.Text.Json.Nodes;
using Keyholder.Clients;
using Keyholder.Tests.Clients;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Upstream;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keyholder.Tests.Endpoints.Authorization;

/// <summary>Clients whose id is the URL of their document, through the whole server.</summary>
public sealed class MetadataDocumentFlowTests
{
    private const string Redirect = "http://127.0.0.1:49152/callback";
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private readonly ManualTimeProvider _time = new();
    private Func<ScriptedRequest, HttpResponseMessage> _site = _ => ScriptedHandler.Json(TestDocuments.Json());

    [Fact]
    public async Task A_client_nobody_registered_is_authorized_by_its_document_and_the_page_says_where_it_was_fetched_from()
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();

        var page = await browser.ReachConsentAsync(Request());

        page.Text.ShouldContain("Example app");
        page.Text.ShouldContain("Fetched from app.example.com");
        page.Text.ShouldContain("127.0.0.1");
        var tokens = await RedeemAsync(host, (await browser.ApproveAsync(page)).Query("code")!);
        tokens["refresh_token"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_document_that_cannot_be_fetched_any_more_breaks_no_redemption_and_no_refresh_but_every_new_authorization()
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();
        var code = (await browser.ApproveAsync(await browser.ReachConsentAsync(Request()))).Query("code")!;
        _site = _ => ScriptedHandler.Status(HttpStatusCode.ServiceUnavailable);
        _time.Advance(TimeSpan.FromSeconds(50));

        var tokens = await RedeemAsync(host, code);
        _time.Advance(TimeSpan.FromHours(25));
        tokens = await RefreshAsync(host, tokens);
        tokens = await RefreshAsync(host, tokens);

        tokens["access_token"].ShouldNotBeNull();
        (await browser.AuthorizeAsync(Request())).ErrorId.ShouldBe("authorize_client_document_unusable");
        host.OwnLogs.ShouldContain("503");
    }

    [Fact]
    public async Task Authorizing_one_installation_again_leaves_another_that_shares_the_document_alone()
    {
        await using var host = await StartAsync();
        using var laptop = host.CreateBrowser();
        using var desktop = host.CreateBrowser();
        var first = await RedeemAsync(host, (await laptop.ApproveAsync(await laptop.ReachConsentAsync(Request()))).Query("code")!);

        var second = await RedeemAsync(host, (await desktop.ApproveAsync(await desktop.ReachConsentAsync(Request()))).Query("code")!);
        var third = await RedeemAsync(host, (await laptop.ApproveAsync(await laptop.ReachConsentAsync(Request()))).Query("code")!);

        foreach (var tokens in new[] { first, second, third })
        {
            (await RefreshAsync(host, tokens))["access_token"].ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task A_changed_document_asks_the_person_again()
    {
        const string Web = "https://app.example.com/callback";
        _site = _ => ScriptedHandler.Json(TestDocuments.Json(changes: ("redirect_uris", new JsonArray(Web))));
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();
        var request = Request(("redirect_uri", Web));
        await browser.ApproveAsync(await browser.ReachConsentAsync(request));
        (await browser.AuthorizeAsync(request)).Location.ShouldNotBeNull();

        _site = _ => ScriptedHandler.Json(TestDocuments.Json(changes: [("redirect_uris", new JsonArray(Web)), ("client_name", "Another name")]));
        _time.Advance(TimeSpan.FromMinutes(10));

        (await browser.AuthorizeAsync(request)).Title.ShouldStartWith("Approve access");
    }

    [Fact]
    public async Task A_redirect_uri_the_document_does_not_name_is_never_redirected_to()
    {
        await using var host = await StartAsync();
        using var browser = host.CreateBrowser();

        (await browser.AuthorizeAsync(Request(("redirect_uri", "https://evil.example/callback")))).ErrorId.ShouldBe("authorize_redirect_uri_mismatch");
        (await browser.AuthorizeAsync(Request(("redirect_uri", "http://[::1]:49152/callback")))).ErrorId.ShouldBe("authorize_redirect_uri_mismatch");
    }

    [Fact]
    public async Task Made_up_documents_are_fetched_for_one_address_only_so_often_a_minute_and_known_ones_always_work()
    {
        await using var host = await StartAsync(new() { PerAddressPerMinute = 3 });
        using var browser = host.CreateBrowser();
        (await browser.AuthorizeAsync(Request())).Title.ShouldStartWith("Sign in");
        for (var i = 0; i < 2; i++)
        {
            (await browser.AuthorizeAsync(("client_id", $"https://made.up/{i}"))).ErrorId.ShouldBe("authorize_client_document_unusable");
        }

        var refused = await browser.AuthorizeAsync(("client_id", "https://made.up/3"));

        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.ErrorId.ShouldBe("authorize_client_document_limit");
        (await browser.AuthorizeAsync(Request())).Title.ShouldStartWith("Sign in");
    }

    [Fact]
    public async Task The_token_endpoint_fetches_nothing_for_a_client_that_was_never_authorized()
    {
        var fetched = 0;
        _site = _ =>
        {
            Interlocked.Increment(ref fetched);
            return ScriptedHandler.Json(TestDocuments.Json());
        };
        await using var host = await StartAsync();

        using var response = await PostAsync(host, ("grant_type", "refresh_token"), ("refresh_token", "kh_rt_x"), ("client_id", TestDocuments.Url));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        fetched.ShouldBe(0);
    }

    [Fact]
    public async Task Switched_off_the_metadata_does_not_say_so_and_the_client_is_unknown()
    {
        await using var host = await StartAsync(new() { Enabled = false });
        using var browser = host.CreateBrowser();

        (await browser.AuthorizeAsync(Request())).ErrorId.ShouldBe("authorize_client_unknown");
        await using var off = await KeyholderHost.StartAsync("""{ "clientMetadataDocuments": { "enabled": false } }""");
        (await off.CreateClient().GetStringAsync("/.well-known/oauth-authorization-server")).ShouldNotContain("client_id_metadata_document_supported");
    }

    private static (string, string?)[] Request(params (string, string?)[] changes) => [("client_id", TestDocuments.Url), ("redirect_uri", Redirect), .. changes];

    private static Task<JsonNode> RedeemAsync(AuthorizationHost host, string code) => TokensAsync(
        host, ("grant_type", "authorization_code"), ("code", code), ("code_verifier", Verifier), ("redirect_uri", Redirect), ("client_id", TestDocuments.Url));

    private static Task<JsonNode> RefreshAsync(AuthorizationHost host, JsonNode tokens) => TokensAsync(
        host, ("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"]!.GetValue<string>()), ("client_id", TestDocuments.Url));

    private static async Task<JsonNode> TokensAsync(AuthorizationHost host, params (string Name, string Value)[] form)
    {
        using var response = await PostAsync(host, form);
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!;
    }

    private static async Task<HttpResponseMessage> PostAsync(AuthorizationHost host, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await host.Server.CreateClient().PostAsync("/token", content);
    }

    private Task<AuthorizationHost> StartAsync(ClientMetadataDocumentOptions? options = null)
    {
        var handler = new ScriptedHandler(request => request.Uri.Host == "made.up" ? ScriptedHandler.Status(HttpStatusCode.NotFound) : _site(request));
        return AuthorizationHost.StartAsync(time: _time, services: services =>
        {
            services.AddSingleton(options ?? new());
            services.AddSingleton(provider => TestDocuments.Of(handler, _time, options, logger: provider.GetRequiredService<ILogger<ClientMetadataDocuments>>()));
            services.AddSingleton<IClientDirectory, ClientDirectory>();
        });
    }
}
