using System.Net;
using DemoUpstream.Control;
using Keyholder.Vault;

namespace Keyholder.Tests.EndToEnd;

/// <summary>The promises of the resource half with nothing scripted in between: validator, vault, upstream client, revocation and gateway as they run.</summary>
public sealed class StoryTests : IAsyncLifetime
{
    private EndToEndHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await EndToEndHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Whoever_signs_in_acts_as_their_own_account_upstream_and_as_nobody_elses()
    {
        var person1 = await _host.ConnectAsync(user: "person1", account: "demo-account-1");
        var person2 = await _host.ConnectAsync(user: "person2", account: "demo-account-2");

        var accounts = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => (n % 2 == 0 ? person1 : person2).WhoAmIAsync()));

        accounts.ShouldBe(Enumerable.Range(0, 40).Select(n => n % 2 == 0 ? "demo-account-1" : "demo-account-2"));
    }

    [Fact]
    public async Task Two_resources_of_one_provider_share_the_credential_but_not_the_token()
    {
        var mail = await _host.ConnectAsync("mail");
        mail.VisitedProvider.ShouldBeTrue();
        var files = await _host.ConnectAsync("files");

        files.VisitedProvider.ShouldBeFalse();
        (await files.WhoAmIAsync()).ShouldBe("demo-account-1");
        var before = _host.Upstream.Counters[DemoCounter.McpRequests];
        (await files.ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "gateway.token_invalid", "/mcp/mail")).WwwAuthenticate.ToString().ShouldContain("invalid_token");
        (await mail.ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "gateway.token_invalid", "/mcp/files")).WwwAuthenticate.ToString().ShouldContain("mcp/files");
        _host.Upstream.Counters[DemoCounter.McpRequests].ShouldBe(before);
    }

    [Fact]
    public async Task An_upstream_token_is_renewed_before_it_expires_once_for_a_hundred_callers()
    {
        var client = await _host.ConnectAsync();
        await AdvanceAsync(client, TimeSpan.FromMinutes(59.5));

        var accounts = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.WhoAmIAsync()));

        accounts.ShouldAllBe(account => account == "demo-account-1");
        _host.Upstream.Counters[DemoCounter.RefreshTokenRequests].ShouldBe(1);
        _host.Upstream.Counters[DemoCounter.CredentialsRefused].ShouldBe(0);
    }

    [Fact]
    public async Task Long_after_its_expiry_a_rotating_credential_still_serves_a_hundred_callers_with_one_refresh()
    {
        _host.Misbehave(s => s with { RotateRefreshTokens = true });
        var client = await _host.ConnectAsync();
        for (var round = 1; round <= 3; round++)
        {
            await AdvanceAsync(client, TimeSpan.FromHours(30));
            (await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.WhoAmIAsync()))).ShouldAllBe(account => account == "demo-account-1");
            _host.Upstream.Counters[DemoCounter.RefreshTokenRequests].ShouldBe(round);
        }

        _host.Upstream.Counters[DemoCounter.RefreshTokenReuses].ShouldBe(0);
    }

    [Fact]
    public async Task A_token_the_upstream_refuses_costs_one_refresh_and_one_more_try()
    {
        var client = await _host.ConnectAsync();
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
        _host.Upstream.ExpireAccessTokens();

        (await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.WhoAmIAsync()))).ShouldAllBe(account => account == "demo-account-1");

        _host.Upstream.Counters[DemoCounter.RefreshTokenRequests].ShouldBe(1);
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
        _host.Upstream.Counters[DemoCounter.RefreshTokenRequests].ShouldBe(1);
    }

    [Fact]
    public async Task A_dead_upstream_authorization_is_answered_with_a_link_and_authorizing_again_reconnects_too()
    {
        var client = await _host.ConnectAsync();
        _host.Upstream.ExpireAccessTokens();
        _host.Upstream.RevokeRefreshTokens();

        for (var call = 0; call < 3; call++)
        {
            var refused = await client.ShouldBeRefusedAsync(HttpStatusCode.OK, "gateway.connection_required");
            refused.WwwAuthenticate.ShouldBeEmpty();
        }

        _host.Upstream.Counters[DemoCounter.RefreshTokenRequests].ShouldBe(1);
        (await _host.FindCredentialAsync("person1")).ShouldNotBeNull().Status.ShouldBe(CredentialStatus.NeedsReauth);
        (await client.RefreshAsync()).Succeeded.ShouldBeTrue();

        await client.AuthorizeAsync();

        client.VisitedProvider.ShouldBeTrue();
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
        (await _host.FindCredentialAsync("person1")).ShouldNotBeNull().Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task An_upstream_that_refuses_even_a_fresh_token_can_be_reconnected_by_authorizing_again()
    {
        var client = await _host.ConnectAsync();
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
        _host.Misbehave(s => s with { ApiFault = ApiFault.Unauthorized, ApiFaultTimes = 2 });

        await client.ShouldBeRefusedAsync(HttpStatusCode.OK, "gateway.connection_required");

        _host.Upstream.Counters[DemoCounter.RefreshTokenRequests].ShouldBe(1);
        await client.AuthorizeAsync();
        client.VisitedProvider.ShouldBeTrue();
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
    }

    [Theory]
    [InlineData(TokenFault.ServerError, 5)]
    [InlineData(TokenFault.RateLimited, 7)]
    [InlineData(TokenFault.Html, 5)]
    [InlineData(TokenFault.GarbageJson, 5)]
    [InlineData(TokenFault.HugeBody, 5)]
    [InlineData(TokenFault.Disconnect, 5)]
    public async Task A_provider_in_trouble_is_503_with_retry_after_and_costs_nobody_their_session(TokenFault fault, int retryAfter)
    {
        var client = await _host.ConnectAsync();
        await AdvanceAsync(client, TimeSpan.FromHours(2));
        _host.Misbehave(s => s with { TokenFault = fault });

        for (var call = 0; call < 3; call++)
        {
            (await client.ShouldBeRefusedAsync(HttpStatusCode.ServiceUnavailable, "gateway.credential_unavailable")).RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(retryAfter));
        }

        _host.Upstream.Counters[DemoCounter.RefreshTokenRequests].ShouldBe(1);
        _host.Misbehave(s => s with { TokenFault = TokenFault.None });
        _host.Time.Advance(TimeSpan.FromSeconds(retryAfter));
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
        (await client.RefreshAsync()).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_provider_in_trouble_does_not_hurt_a_token_that_is_still_valid()
    {
        var client = await _host.ConnectAsync();
        await AdvanceAsync(client, TimeSpan.FromMinutes(59.5));
        _host.Misbehave(s => s with { TokenFault = TokenFault.ServerError });

        (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.WhoAmIAsync()))).ShouldAllBe(account => account == "demo-account-1");

        await EndToEndHost.UntilAsync(() => _host.Upstream.Counters[DemoCounter.RefreshTokenRequests] == 1);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_given_up_and_costs_nobody_their_session()
    {
        var client = await _host.ConnectAsync();
        await AdvanceAsync(client, TimeSpan.FromHours(2));
        _host.Misbehave(s => s with { TokenDelayMs = 3_600_000 });

        var refused = client.ShouldBeRefusedAsync(HttpStatusCode.ServiceUnavailable, "gateway.credential_unavailable");
        await EndToEndHost.UntilAsync(() => _host.Upstream.Counters[DemoCounter.TokenRequests] == 2);
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        (await refused).RetryAfter.ShouldNotBeNull();

        _host.Misbehave(s => s with { TokenDelayMs = 0 });
        _host.Time.Advance(TimeSpan.FromSeconds(5));
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
    }

    [Fact]
    public async Task A_refresh_whose_answer_was_lost_by_a_rotating_provider_ends_in_reconnect_not_in_a_loop()
    {
        _host.Misbehave(s => s with { RotateRefreshTokens = true });
        var client = await _host.ConnectAsync();
        await AdvanceAsync(client, TimeSpan.FromHours(2));
        _host.Misbehave(s => s with { TokenFault = TokenFault.LoseAnswer, TokenFaultTimes = 1 });

        await client.ShouldBeRefusedAsync(HttpStatusCode.ServiceUnavailable, "gateway.credential_unavailable");
        _host.Time.Advance(TimeSpan.FromSeconds(5));
        await client.ShouldBeRefusedAsync(HttpStatusCode.OK, "gateway.connection_required");

        await client.AuthorizeAsync();
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
    }

    [Fact]
    public async Task An_upstream_that_is_down_redirects_or_stays_silent_is_told_apart_and_costs_nobody_their_session()
    {
        var client = await _host.ConnectAsync();
        var lost = await _host.ConnectAsync("lost");
        await lost.ShouldBeRefusedAsync(HttpStatusCode.BadGateway, "gateway.upstream_unreachable");
        _host.Misbehave(s => s with { ApiFault = ApiFault.Redirect, ApiFaultTimes = 1 });
        await client.ShouldBeRefusedAsync(HttpStatusCode.BadGateway, "gateway.upstream_redirected");
        _host.Upstream.Counters[DemoCounter.RedirectsFollowed].ShouldBe(0);
        _host.Misbehave(s => s with { ApiDelayMs = 3_600_000 });
        var hasty = await _host.ConnectAsync("hasty");
        await hasty.ShouldBeRefusedAsync(HttpStatusCode.GatewayTimeout, "gateway.upstream_timed_out");

        _host.Misbehave(s => s with { ApiDelayMs = 0 });
        (await client.WhoAmIAsync()).ShouldBe("demo-account-1");
        (await lost.RefreshAsync()).Succeeded.ShouldBeTrue();
    }

    [Theory]
    [InlineData(ApiFault.ServerError, HttpStatusCode.ServiceUnavailable)]
    [InlineData(ApiFault.RateLimited, HttpStatusCode.TooManyRequests)]
    [InlineData(ApiFault.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(ApiFault.PaymentRequired, HttpStatusCode.PaymentRequired)]
    public async Task An_upstreams_own_refusal_is_passed_on_without_its_challenge_and_cookies(ApiFault fault, HttpStatusCode status)
    {
        var client = await _host.ConnectAsync();
        _host.Misbehave(s => s with { ApiFault = fault, ApiSetsCookies = true, ApiSetsChallenge = true });

        using var response = await client.SendAsync(client.Call("whoami"));

        response.StatusCode.ShouldBe(status);
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
        (await client.RefreshAsync()).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Shared_and_absent_credentials_need_no_account()
    {
        var open = await _host.ConnectAsync("open");
        var keyed = await _host.ConnectAsync("keyed");

        open.VisitedProvider.ShouldBeFalse();
        keyed.VisitedProvider.ShouldBeFalse();
        (await open.SendAsync(open.Call("whoami"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await keyed.SendAsync(keyed.Call("whoami"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _host.FindCredentialAsync("person1")).ShouldBeNull();
    }

    // Access tokens live ten minutes, upstream tokens an hour: the session is refreshed on the way.
    private async Task AdvanceAsync(ConnectedClient client, TimeSpan by)
    {
        _host.Time.Advance(by);
        (await client.RefreshAsync()).Succeeded.ShouldBeTrue();
    }
}
