using System.Net;
using System.Text.Json.Nodes;
using DemoUpstream;
using DemoUpstream.Control;
using static Keyholder.Tests.DemoUpstream.McpWire;

namespace Keyholder.Tests.DemoUpstream;

public sealed class DemoControlTests : IAsyncLifetime
{
    private readonly ObservedClock _clock = new();
    private DemoUpstreamApp _app = null!;
    private DemoCodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await DemoUpstreamApp.StartAsync(new DemoUpstreamOptions { Switches = new() { RetryAfterSeconds = 3 } }, _clock, TestContext.Current.CancellationToken);
        _flow = new DemoCodeFlow(_app);
    }

    public async ValueTask DisposeAsync()
    {
        _flow.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData(ApiFault.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData(ApiFault.PaymentRequired, HttpStatusCode.PaymentRequired)]
    [InlineData(ApiFault.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(ApiFault.RateLimited, HttpStatusCode.TooManyRequests)]
    [InlineData(ApiFault.ServerError, HttpStatusCode.ServiceUnavailable)]
    [InlineData(ApiFault.Redirect, HttpStatusCode.Found)]
    public async Task An_API_fault_hits_as_often_as_asked_and_spares_requests_without_a_credential(ApiFault fault, HttpStatusCode status)
    {
        _app.Switches = _app.Switches with { ApiFault = fault, ApiFaultTimes = 2 };
        var token = await _flow.AccessTokenAsync();

        (await ListAsync(null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await ListAsync(token)).StatusCode.ShouldBe(status);
        (await ListAsync(token)).StatusCode.ShouldBe(status);
        (await ListAsync(token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        _app.Counters[DemoCounter.ApiFaults].ShouldBe(2);
        _app.Counters[DemoCounter.CredentialsRefused].ShouldBe(1);
        _app.Counters[DemoCounter.McpRequests].ShouldBe(4);
    }

    [Fact]
    public async Task A_fault_without_a_number_stays_until_it_is_switched_off()
    {
        _app.Switches = _app.Switches with { ApiFault = ApiFault.RateLimited };

        for (var i = 0; i < 3; i++)
        {
            var response = await _flow.Http.SendAsync(ModernRequest("/open/mcp", "tools/list"));
            response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
        }

        _app.Switches = _app.Switches with { ApiFault = ApiFault.None };
        (await _flow.Http.SendAsync(ModernRequest("/open/mcp", "tools/list"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_response_can_break_off_in_the_middle()
    {
        _app.Switches = _app.Switches with { ApiFault = ApiFault.AbortMidBody };

        var response = await _flow.Http.SendAsync(ModernRequest("/open/mcp", "tools/list"), HttpCompletionOption.ResponseHeadersRead);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_slow_API_answers_only_when_its_delay_is_over()
    {
        _app.Switches = _app.Switches with { ApiDelayMs = 60_000 };

        var answer = _flow.Http.SendAsync(ModernRequest("/open/mcp", "tools/list"));
        await Task.WhenAny(_clock.Waiting, answer);
        answer.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMinutes(1));

        (await answer).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Responses_can_set_cookies_and_a_challenge_although_they_succeed()
    {
        _app.Switches = _app.Switches with { ApiSetsCookies = true, ApiSetsChallenge = true };

        var response = await _flow.Http.SendAsync(ModernRequest("/open/mcp", "tools/list"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("Set-Cookie").Count().ShouldBe(2);
        response.Headers.WwwAuthenticate.ToString().ShouldContain("demo-upstream");
    }

    [Fact]
    public async Task Whoever_follows_a_redirect_is_counted_and_so_are_the_credentials_that_came_along()
    {
        using var careful = new HttpRequestMessage(HttpMethod.Get, "/elsewhere");
        using var careless = new HttpRequestMessage(HttpMethod.Get, "/elsewhere") { Headers = { { "Authorization", "Bearer x" } } };

        await _flow.Http.SendAsync(careful);
        await _flow.Http.SendAsync(careless);

        _app.Counters[DemoCounter.RedirectsFollowed].ShouldBe(2);
        _app.Counters[DemoCounter.CredentialsLeakedByRedirect].ShouldBe(1);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_a_null_restores_the_default()
    {
        (await PatchAsync("""{"apiFault":"forbidden","apiFaultTimes":4,"rotateRefreshTokens":true}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        _app.Switches.ShouldBe(new DemoUpstreamSwitches { ApiFault = ApiFault.Forbidden, ApiFaultTimes = 4, RotateRefreshTokens = true, RetryAfterSeconds = 3 });

        (await PatchAsync("""{"apiFault":null,"apiFaultTimes":null}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        _app.Switches.ShouldBe(new DemoUpstreamSwitches { RotateRefreshTokens = true, RetryAfterSeconds = 3 });
    }

    [Theory]
    [InlineData("""{"rotateRefreshTokens":true,"noSuchSwitch":true}""", "noSuchSwitch")]
    [InlineData("""{"rotateRefreshTokens":true,"apiFault":"sideways"}""", "apiFault")]
    [InlineData("""{"rotateRefreshTokens":true,"apiFault":1}""", "apiFault")]
    [InlineData("""{"rotateRefreshTokens":true,"apiFaultTimes":0}""", "apiFaultTimes")]
    [InlineData("""{"rotateRefreshTokens":true,"tokenDelayMs":-1}""", "tokenDelayMs")]
    [InlineData("""{"rotateRefreshTokens":true,"rotateRefreshTokens":true}""", "JSON")]
    [InlineData("""[]""", "JSON object")]
    [InlineData("""{""", "JSON")]
    public async Task A_wrong_patch_is_refused_with_its_reason_and_changes_nothing(string patch, string reason)
    {
        var before = _app.Switches;

        var response = await PatchAsync(patch);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain(reason);
        _app.Switches.ShouldBe(before);
    }

    [Fact]
    public async Task Control_shows_switches_and_counters_and_no_token()
    {
        var tokens = await _flow.SignInAsync();
        await _flow.RefreshAsync((string)tokens["refresh_token"]!);

        var text = await _flow.Http.GetStringAsync("/control");
        var shown = JsonNode.Parse(text)!;

        ((string?)shown["switches"]!["apiFault"]).ShouldBe("none");
        ((int?)shown["counters"]!["tokenRequests"]).ShouldBe(2);
        ((int?)shown["counters"]!["codesRedeemed"]).ShouldBe(1);
        ((int?)shown["counters"]!["refreshes"]).ShouldBe(1);
        text.ShouldNotContain("demo_at_");
        text.ShouldNotContain("demo_rt_");
        text.ShouldNotContain("demo-client-secret");
    }

    [Fact]
    public async Task A_reset_restores_the_switches_of_the_start_and_forgets_tokens_sessions_and_counts()
    {
        var token = await _flow.AccessTokenAsync();
        var session = (await _flow.Http.SendAsync(Initialize("/open/mcp"))).Headers.GetValues("Mcp-Session-Id").Single();
        _app.Switches = _app.Switches with { RetryAfterSeconds = 9, ApiSetsCookies = true };

        await _flow.Http.PostAsync("/control/reset", null);

        _app.Switches.ShouldBe(new DemoUpstreamSwitches { RetryAfterSeconds = 3 });
        _app.Counters[DemoCounter.TokenRequests].ShouldBe(0);
        (await ListAsync(token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _flow.Http.SendAsync(LegacyRequest("/open/mcp", "tools/list", session: session))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("expire-access-tokens", HttpStatusCode.Unauthorized, HttpStatusCode.OK)]
    [InlineData("revoke-refresh-tokens", HttpStatusCode.OK, HttpStatusCode.BadRequest)]
    public async Task Tokens_of_one_kind_can_be_dropped_over_HTTP(string action, HttpStatusCode access, HttpStatusCode refresh)
    {
        var tokens = await _flow.SignInAsync();

        var dropped = await DemoCodeFlow.JsonAsync(await _flow.Http.PostAsync("/control/" + action, null));

        ((int?)dropped["dropped"]).ShouldBe(1);
        (await ListAsync((string)tokens["access_token"]!)).StatusCode.ShouldBe(access);
        (await _flow.RefreshAsync((string)tokens["refresh_token"]!)).StatusCode.ShouldBe(refresh);
    }

    [Fact]
    public async Task Options_that_contradict_themselves_do_not_start()
    {
        var options = new DemoUpstreamOptions { DefaultAccount = "nobody", AccessTokenLifetime = TimeSpan.Zero, SigningAlgorithm = "none", ApiKey = "" };

        var refusal = await Should.ThrowAsync<ArgumentException>(() => DemoUpstreamApp.StartAsync(options));

        foreach (var name in (string[])["DefaultAccount", "AccessTokenLifetime", "SigningAlgorithm", "ApiKey"]) refusal.Message.ShouldContain(name);
        Should.Throw<ArgumentException>(() => _app.Switches = _app.Switches with { ApiFaultTimes = 0 });
    }

    private Task<HttpResponseMessage> ListAsync(string? token) => _flow.Http.SendAsync(ModernRequest("/mcp", "tools/list", bearer: token));

    private Task<HttpResponseMessage> PatchAsync(string json) =>
        _flow.Http.PostAsync("/control", new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
}
