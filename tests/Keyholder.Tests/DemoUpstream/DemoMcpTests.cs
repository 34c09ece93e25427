using System.Net;
using System.Text.Json.Nodes;
using DemoUpstream;
using DemoUpstream.Control;
using static Keyholder.Tests.DemoUpstream.McpWire;

namespace Keyholder.Tests.DemoUpstream;

public sealed class DemoMcpTests : IAsyncLifetime
{
    private DemoUpstreamApp _app = null!;
    private DemoCodeFlow _flow = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await DemoUpstreamApp.StartAsync(new DemoUpstreamOptions(), Cancelled);
        _flow = new DemoCodeFlow(_app);
    }

    public async ValueTask DisposeAsync()
    {
        _flow.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Modern_the_tools_are_listed_and_whoami_names_the_account_behind_the_token()
    {
        var token = await _flow.AccessTokenAsync(("login_hint", "demo-account-2"));

        var list = await ResultAsync(await SendAsync(ModernRequest("/mcp", "tools/list", bearer: token)));
        var who = await ResultAsync(await SendAsync(ModernRequest("/mcp", "tools/call", Call("whoami"), token)));

        list["tools"]!.AsArray().Select(tool => (string)tool!["name"]!).ShouldBe(["whoami", "echo", "add", "slow", "headers", "many"], ignoreOrder: true);
        ((string)who["content"]![0]!["text"]!).ShouldContain("demo-account-2");
        ((string?)who["structuredContent"]!["account"]).ShouldBe("demo-account-2");
    }

    [Theory]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Legacy_a_session_is_negotiated_and_whoami_names_the_account_behind_the_token(string version)
    {
        var token = await _flow.AccessTokenAsync();
        var initialized = await SendAsync(Initialize("/mcp", token, version));
        var session = initialized.Headers.GetValues("Mcp-Session-Id").Single();
        var call = LegacyRequest("/mcp", "tools/call", Call("whoami"), session, token);
        call.Headers.Remove("MCP-Protocol-Version");
        call.Headers.Add("MCP-Protocol-Version", version);

        var who = await ResultAsync(await SendAsync(call));

        ((string?)(await ResultAsync(initialized))["protocolVersion"]).ShouldBe(version);
        ((string?)who["structuredContent"]!["account"]).ShouldBe("demo-account-1");
    }

    [Fact]
    public async Task Every_capability_family_answers()
    {
        var prompt = await ResultAsync(await SendAsync(ModernRequest("/open/mcp", "prompts/get", new() { ["name"] = "greeting", ["arguments"] = new JsonObject { ["account"] = "x" } })));
        var resource = await ResultAsync(await SendAsync(ModernRequest("/open/mcp", "resources/read", new() { ["uri"] = "demo://notes/7" })));
        var templates = await ResultAsync(await SendAsync(ModernRequest("/open/mcp", "resources/templates/list")));
        var completion = await ResultAsync(await SendAsync(ModernRequest("/open/mcp", "completion/complete", new()
        {
            ["ref"] = new JsonObject { ["type"] = "ref/prompt", ["name"] = "greeting" },
            ["argument"] = new JsonObject { ["name"] = "account", ["value"] = "demo-account-2" },
        })));
        var discovery = await ResultAsync(await SendAsync(ModernRequest("/open/mcp", "server/discover")));
        var sum = await ResultAsync(await SendAsync(ModernRequest("/open/mcp", "tools/call", Call("add", new() { ["a"] = 2, ["b"] = 0.5 }))));
        var many = await ResultAsync(await SendAsync(ModernRequest("/open/mcp", "tools/call", Call("many", new() { ["count"] = 300 }))));

        prompt.ToJsonString().ShouldContain("Say hello to x.");
        ((string?)resource["contents"]![0]!["text"]).ShouldBe("This is note 7.");
        ((string?)templates["resourceTemplates"]![0]!["uriTemplate"]).ShouldBe("demo://notes/{id}");
        completion["completion"]!["values"]!.ToJsonString().ShouldBe("[\"demo-account-2\"]");
        discovery["capabilities"]!.AsObject().Select(c => c.Key).ShouldBe(["tools", "prompts", "resources", "completions"], ignoreOrder: true);
        ((string?)sum["content"]![0]!["text"]).ShouldBe("2.5");
        many["content"]!.AsArray().Count.ShouldBe(300);
    }

    [Fact]
    public async Task Slow_reports_every_step_before_its_result()
    {
        var parameters = Call("slow", new() { ["steps"] = 3, ["intervalMs"] = 0 });
        parameters["_meta"] = new JsonObject { ["progressToken"] = "p-1" };

        var messages = await MessagesAsync(await SendAsync(ModernRequest("/open/mcp", "tools/call", parameters)));

        messages.Select(m => (int?)m["params"]?["progress"]).ShouldBe([1, 2, 3, null]);
        messages[^1]["result"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Headers_names_every_header_but_never_shows_a_credential()
    {
        var token = await _flow.AccessTokenAsync();
        var request = ModernRequest("/mcp", "tools/call", Call("headers"), token);
        request.Headers.Add("Cookie", "a=secret-cookie");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");

        var response = await SendAsync(request);
        var report = (await ResultAsync(response))["structuredContent"]!;

        var names = report["names"]!.AsArray().Select(n => (string)n!).ToList();
        names.ShouldContain("authorization");
        names.ShouldContain("cookie");
        ((string?)report["values"]!["x-forwarded-for"]).ShouldBe("203.0.113.9");
        ((string?)report["credentials"]!["authorization"]).ShouldBe("access token of the demo provider");
        ((string?)report["credentials"]!["cookie"]).ShouldBe("something else");
        var body = await response.Content.ReadAsStringAsync();
        body.ShouldNotContain(token);
        body.ShouldNotContain("secret-cookie");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("demo_at_unknown")]
    public async Task Without_a_live_token_the_answer_is_401_with_a_challenge_of_its_own(string? token)
    {
        var response = await SendAsync(ModernRequest("/mcp", "tools/list", bearer: token));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldContain("demo-upstream");
        var metadata = await DemoCodeFlow.JsonAsync(await _flow.Http.GetAsync("/.well-known/oauth-protected-resource/mcp"));
        ((string?)metadata["resource"]).ShouldBe(_app.BaseAddress + "/mcp");
    }

    [Fact]
    public async Task The_keyed_endpoint_wants_its_key_and_the_open_one_nothing()
    {
        var keyed = ModernRequest("/keyed/mcp", "tools/call", Call("whoami"));
        keyed.Headers.Add("X-Api-Key", "demo-api-key");
        var wrong = ModernRequest("/keyed/mcp", "tools/call", Call("whoami"));
        wrong.Headers.Add("X-Api-Key", "demo-api-kex");

        (await SendAsync(keyed)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(wrong)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(ModernRequest("/keyed/mcp", "tools/list", bearer: await _flow.AccessTokenAsync()))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(ModernRequest("/open/mcp", "tools/list"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Legacy_a_session_is_unknown_to_another_account_on_another_path_and_after_its_end()
    {
        var mine = await _flow.AccessTokenAsync();
        var theirs = await _flow.AccessTokenAsync(("login_hint", "demo-account-2"));
        var session = (await SendAsync(Initialize("/mcp", mine))).Headers.GetValues("Mcp-Session-Id").Single();

        (await SendAsync(LegacyRequest("/mcp", "tools/list", session: session, bearer: theirs))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(LegacyRequest("/open/mcp", "tools/list", session: session))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(LegacyRequest("/mcp", "tools/list", session: session, bearer: mine))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(Bare(HttpMethod.Delete, "/mcp", session, mine))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(LegacyRequest("/mcp", "tools/list", session: session, bearer: mine))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(LegacyRequest("/mcp", "tools/list", bearer: mine))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Legacy_the_GET_stream_carries_announcements_and_ends_with_the_session()
    {
        var session = (await SendAsync(Initialize("/open/mcp"))).Headers.GetValues("Mcp-Session-Id").Single();
        await SendAsync(Post("/open/mcp", new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" }, session: session));
        using var stream = await OpenAsync(Bare(HttpMethod.Get, "/open/mcp", session));

        _app.AnnounceTools();
        ((string?)(await NextAsync(stream, Cancelled))["method"]).ShouldBe("notifications/tools/list_changed");
        (await SendAsync(Bare(HttpMethod.Get, "/open/mcp", session))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await _app.EndSessionsAsync();
        await Should.ThrowAsync<Exception>(() => NextAsync(stream, Cancelled));
    }

    [Fact]
    public async Task Legacy_a_lost_GET_stream_goes_on_after_its_last_event_and_an_unknown_event_is_refused()
    {
        await using var app = await DemoUpstreamApp.StartAsync(new DemoUpstreamOptions { ResumableStreams = true }, Cancelled);
        using var flow = new DemoCodeFlow(app);
        var session = (await flow.Http.SendAsync(Initialize("/open/mcp"), Cancelled)).Headers.GetValues("Mcp-Session-Id").Single();
        await flow.Http.SendAsync(Post("/open/mcp", new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" }, session: session), Cancelled);
        string id;
        using (var lost = await OpenAsync(Bare(HttpMethod.Get, "/open/mcp", session), flow.Http)) id = await NextEventIdAsync(lost, Cancelled);

        app.AnnounceTools();
        using var resumed = await OpenAsync(ResumeAfter(id), flow.Http);
        var missed = await NextAsync(resumed, Cancelled);
        app.AnnounceTools();
        var live = await NextAsync(resumed, Cancelled);

        ((string?)missed["method"]).ShouldBe("notifications/tools/list_changed");
        ((string?)live["method"]).ShouldBe("notifications/tools/list_changed");
        (await flow.Http.SendAsync(ResumeAfter("no-such-event"), Cancelled)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await flow.Http.SendAsync(ResumeAfter(id[..^1] + "99"), Cancelled)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        HttpRequestMessage ResumeAfter(string eventId)
        {
            var request = Bare(HttpMethod.Get, "/open/mcp", session);
            request.Headers.Add("Last-Event-ID", eventId);
            return request;
        }
    }

    [Fact]
    public async Task A_host_name_that_is_not_ours_is_refused_everywhere()
    {
        using var mcp = ModernRequest("/open/mcp", "tools/list");
        mcp.Headers.Host = "attacker.example";
        using var control = new HttpRequestMessage(HttpMethod.Get, "/control") { Headers = { Host = "attacker.example" } };

        (await SendAsync(mcp)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(control)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Modern_a_listen_stream_is_acknowledged_and_carries_announcements_under_its_id()
    {
        var listen = ModernRequest("/open/mcp", "subscriptions/listen", new() { ["notifications"] = new JsonObject { ["toolsListChanged"] = true } });
        using var stream = await OpenAsync(listen);

        ((string?)(await NextAsync(stream, Cancelled))["method"]).ShouldBe("notifications/subscriptions/acknowledged");
        _app.AnnounceTools();
        var announcement = await NextAsync(stream, Cancelled);

        ((string?)announcement["method"]).ShouldBe("notifications/tools/list_changed");
        ((int?)announcement["params"]!["_meta"]!["io.modelcontextprotocol/subscriptionId"]).ShouldBe(1);
    }

    [Theory]
    [InlineData("Mcp-Method", "tools/list")]
    [InlineData("Mcp-Method", null)]
    [InlineData("Mcp-Name", "echo")]
    [InlineData("Mcp-Name", null)]
    [InlineData("MCP-Protocol-Version", "2025-11-25")]
    [InlineData("MCP-Protocol-Version", null)]
    public async Task Modern_a_header_that_is_missing_or_contradicts_the_body_is_refused(string header, string? value)
    {
        var request = ModernRequest("/open/mcp", "tools/call", Call("whoami"));
        request.Headers.Remove(header);
        if (value is not null) request.Headers.Add(header, value);

        var response = await SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ((int?)(await DemoCodeFlow.JsonAsync(response))["error"]!["code"]).ShouldBe(-32020);
    }

    [Fact]
    public async Task Modern_an_encoded_name_is_understood()
    {
        var request = ModernRequest("/open/mcp", "tools/call", Call("whoami"));
        request.Headers.Remove("Mcp-Name");
        request.Headers.Add("Mcp-Name", "=?base64?d2hvYW1p?=");

        (await SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Modern_unknown_methods_are_404_unknown_versions_400_and_GET_405()
    {
        var future = ModernRequest("/open/mcp", "tools/list");
        future.Headers.Remove("MCP-Protocol-Version");
        future.Headers.Add("MCP-Protocol-Version", "2031-01-01");
        var get = Bare(HttpMethod.Get, "/open/mcp", "any");
        get.Headers.Remove("MCP-Protocol-Version");
        get.Headers.Add("MCP-Protocol-Version", Modern);

        var refused = await SendAsync(future);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ((int?)(await DemoCodeFlow.JsonAsync(refused))["error"]!["code"]).ShouldBe(-32022);
        (await SendAsync(ModernRequest("/open/mcp", "no/such"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(get)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task The_transport_refuses_foreign_origins_bodies_that_are_no_message_and_clients_that_cannot_stream()
    {
        var foreign = ModernRequest("/open/mcp", "tools/list");
        foreign.Headers.Add("Origin", "https://attacker.example");
        var own = ModernRequest("/open/mcp", "tools/list");
        own.Headers.Add("Origin", _app.BaseAddress);
        var deaf = ModernRequest("/open/mcp", "tools/list");
        deaf.Headers.Accept.Clear();
        deaf.Headers.Accept.ParseAdd("application/json");

        (await SendAsync(foreign)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(own)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(deaf)).StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        (await SendAsync(Post("/open/mcp", new JsonArray()))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(Post("/open/mcp", new JsonObject { ["a"] = 1 }))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_HTTP_API_knows_the_account_and_echoes_what_arrived()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/echo/a/b?x=1") { Content = new StringContent("body") };
        request.Headers.Add("Authorization", "Bearer " + await _flow.AccessTokenAsync());

        var echo = await DemoCodeFlow.JsonAsync(await SendAsync(request));

        ((string?)echo["method"]).ShouldBe("PUT");
        ((string?)echo["path"]).ShouldBe("/api/echo/a/b");
        ((string?)echo["body"]).ShouldBe("body");
        (await _flow.Http.GetAsync("/api/whoami")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        _app.Counters[DemoCounter.ApiRequests].ShouldBe(2);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _flow.Http.SendAsync(request, Cancelled);

    private async Task<StreamReader> OpenAsync(HttpRequestMessage request, HttpClient? http = null)
    {
        var response = await (http ?? _flow.Http).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled));
    }
}
