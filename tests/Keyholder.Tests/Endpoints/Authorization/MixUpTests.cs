using System.Net;
using System.Text.Json.Nodes;
using Keyholder.Audit;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Tests.Upstream;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints.Authorization;

/// <summary>
/// RFC 9700 section 4.4: a dishonest authorization server sends the browser on to an honest one with the state of its own leg, and waits for the honest code at its token
/// endpoint. None of the servers here names its issuer, and Keyholder is a public client of each.
/// </summary>
public sealed class MixUpTests : IAsyncLifetime
{
    private static readonly (string, string?)[] Files = [("resource", AuthorizationHost.FilesUri), ("scope", null)];
    private readonly Provider _dishonest = Discovered("dishonest");
    private readonly Provider _honest = Discovered("honest");
    private readonly ScriptedHandler _outside = new(Answer);
    private AuthorizationHost _host = null!;

    private List<ScriptedRequest> TokenRequests => [.. _outside.Requests.Where(r => r.Uri.AbsolutePath == "/token")];

    public ValueTask InitializeAsync() => StartAsync(new(_dishonest), new(_honest, Header: "x-honest"));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/callback/honest")]
    [InlineData("/callback/Dishonest")]
    [InlineData("/callback/unknown")]
    [InlineData("/callback/dishonest%2F..%2Fhonest")]
    [InlineData("/upstream/callback")]
    public async Task A_code_that_comes_to_the_redirect_URI_of_another_provider_goes_nowhere(string path)
    {
        using var browser = _host.CreateBrowser();
        var away = await ReachProviderAsync(browser);
        var asked = _outside.Requests.Count;

        var page = await browser.GetAsync($"{path}?code=honest-code&state={away.Query("state")}");

        (page.Status, page.ErrorId).ShouldBe((HttpStatusCode.BadRequest, "callback_mixed_up"));
        page.Html.ShouldNotContain("honest-code");
        _outside.Requests.Count.ShouldBe(asked, "nobody is asked anything");
        (await browser.GetAsync($"/callback/dishonest?code=honest-code&state={away.Query("state")}")).ErrorId.ShouldBe("callback_used");
        TokenRequests.ShouldBeEmpty();
        (await CredentialsAsync()).ShouldBeEmpty();

        var audited = await AuditedAsync();
        (audited.Actor, audited.Target).ShouldBe(($"user:{(await _host.FindUserAsync("person1")).Id}", "provider:dishonest"));
        _host.OwnLogs.ShouldNotContain("honest-code");
    }

    [Fact]
    public async Task The_request_is_over_and_the_person_decides_when_to_go_back()
    {
        using var browser = _host.CreateBrowser();
        var consent = await browser.ReachConsentAsync(Files);
        var away = await browser.ApproveAsync(consent);

        var page = await browser.GetAsync($"/callback/honest?code=c&state={away.Query("state")}");

        page.Location.ShouldBeNull();
        var back = QueryHelpers.ParseQuery(new Uri(page.Document.QuerySelector("a.button")!.GetAttribute("href")!).Query);
        (back["error"].Single(), back["state"].Single(), back["iss"].Single()).ShouldBe(("server_error", "xyz", AuthorizationHost.Issuer));
        (await browser.GetAsync("/authorize/continue?request=" + consent.RequestId)).ErrorId.ShouldBe("request_finished");
    }

    [Fact]
    public async Task What_an_earlier_leg_stored_is_taken_back_with_the_request()
    {
        using var browser = _host.CreateBrowser();
        var first = await ReachProviderAsync(browser);
        var second = await browser.GetAsync($"/callback/dishonest?code=c&state={first.Query("state")}");
        second.Location.ShouldStartWith("https://as.honest.example/");

        (await browser.GetAsync($"/callback/dishonest?code=c&state={second.Query("state")}")).ErrorId.ShouldBe("callback_mixed_up");

        (await CredentialsAsync()).ShouldBeEmpty();
        TokenRequests.ShouldHaveSingleItem().Uri.Host.ShouldBe("as.dishonest.example");
    }

    [Fact]
    public async Task Every_provider_found_by_discovery_has_a_redirect_URI_of_its_own_from_end_to_end()
    {
        using var browser = _host.CreateBrowser();
        var first = await ReachProviderAsync(browser);
        first.Query("redirect_uri").ShouldBe(AuthorizationHost.Issuer + "/callback/dishonest");
        var second = await browser.GetAsync($"/callback/dishonest?code=c1&state={first.Query("state")}");
        second.Query("redirect_uri").ShouldBe(AuthorizationHost.Issuer + "/callback/honest");

        (await browser.GetAsync($"/callback/honest?code=c2&state={second.Query("state")}")).Query("code").ShouldNotBeNull();

        TokenRequests.Select(r => (r.Uri.Host, r.Form["code"], r.Form["redirect_uri"])).ShouldBe(
        [
            ("as.dishonest.example", "c1", AuthorizationHost.Issuer + "/callback/dishonest"),
            ("as.honest.example", "c2", AuthorizationHost.Issuer + "/callback/honest"),
        ]);
        foreach (var name in new[] { "dishonest", "honest" })
        {
            var registered = JsonNode.Parse(_outside.Requests.Single(r => r.Uri.AbsoluteUri == $"https://as.{name}.example/register").Body)!;
            registered["redirect_uris"]!.AsArray().Select(u => (string?)u).ShouldBe([$"{AuthorizationHost.Issuer}/callback/{name}"]);
        }
    }

    [Fact]
    public async Task An_optional_provider_whose_answer_is_mixed_up_is_not_connected_and_the_request_goes_on()
    {
        await _host.DisposeAsync();
        await StartAsync(new ResourceProvider(_dishonest, Required: false));
        using var browser = _host.CreateBrowser();
        var away = await browser.SubmitAsync(await ReachProviderAsync(browser), ("decision", "connect"));

        var page = await browser.GetAsync($"/callback/honest?code=c&state={away.Query("state")}");

        page.ErrorId.ShouldBe("callback_mixed_up");
        (await AuditedAsync()).Target.ShouldBe("provider:dishonest");
        (await browser.GetAsync(page.Document.QuerySelector("a.button")!.GetAttribute("href")!)).Status.ShouldBe(HttpStatusCode.OK);
        TokenRequests.ShouldBeEmpty();
    }

    private static Provider Discovered(string name)
    {
        var problems = new ConfigurationProblems();
        var snapshot = ResourceRules.Build(
            new Issuer(AuthorizationHost.Issuer),
            new Dictionary<string, ResourceDefinition> { [name] = new() { Upstream = $"https://{name}.example/mcp", Auth = ResourceAuthKind.Discovered } },
            new Dictionary<string, ProviderDefinition>(),
            problems);
        problems.All.ShouldBeEmpty();
        return snapshot.FindProvider(name).ShouldNotBeNull();
    }

    private static HttpResponseMessage Answer(ScriptedRequest request)
    {
        var origin = "https://" + request.Uri.Host.Replace("as.", "", StringComparison.Ordinal);
        var issuer = "https://" + request.Uri.Host;
        return request.Uri.AbsolutePath switch
        {
            "/.well-known/oauth-protected-resource/mcp" => ScriptedHandler.Json($$"""{"resource":"{{origin}}/mcp","authorization_servers":["{{origin.Replace("//", "//as.", StringComparison.Ordinal)}}"]}"""),
            "/.well-known/oauth-authorization-server" => ScriptedHandler.Json($$"""
                {"issuer":"{{issuer}}","authorization_endpoint":"{{issuer}}/authorize","token_endpoint":"{{issuer}}/token","registration_endpoint":"{{issuer}}/register",
                 "code_challenge_methods_supported":["S256"],"token_endpoint_auth_methods_supported":["none"]}
                """),
            "/register" => ScriptedHandler.Json("""{"client_id":"public"}""", HttpStatusCode.Created),
            "/token" => ScriptedHandler.Json("""{"access_token":"at","token_type":"Bearer"}"""),
            _ => ScriptedHandler.Status(HttpStatusCode.Unauthorized),
        };
    }

    private async ValueTask StartAsync(params ResourceProvider[] providers) => _host = await AuthorizationHost.StartAsync(
        providers: providers,
        services: services =>
        {
            services.AddSingleton(provider => new GuardedHttp(provider.GetRequiredService<UpstreamOptions>(), _outside, _outside, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<IUpstreamLegs, UpstreamLegs>();
        });

    private static async Task<Page> ReachProviderAsync(Browser browser) => await browser.ApproveAsync(await browser.ReachConsentAsync(Files));

    private async Task<IReadOnlyList<StoredCredential>> CredentialsAsync() =>
        await _host.Get<ICredentialStore>().ListAsync(new CredentialOwner(CredentialOwnerKind.User, (await _host.FindUserAsync("person1")).Id), default);

    private async Task<AuditEvent> AuditedAsync() =>
        (await _host.Get<IAuditTrail>().ListAsync(new() { Action = AuditActions.UpstreamMixUpRefused, Limit = 10 }, default)).ShouldHaveSingleItem().Event;
}
