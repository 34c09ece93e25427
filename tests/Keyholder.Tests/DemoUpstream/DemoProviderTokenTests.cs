using System.Net;
using DemoUpstream.Control;

namespace Keyholder.Tests.DemoUpstream;

/// <summary>The demo provider: its token endpoint, its faults and revocation.</summary>
public sealed class DemoProviderTokenTests : DemoProviderContext
{
    [Fact]
    public async Task Without_rotation_a_refresh_token_stays_and_is_not_sent_again()
    {
        var first = (string)(await _flow.SignInAsync())["refresh_token"]!;

        var second = await DemoCodeFlow.JsonAsync(await _flow.RefreshAsync(first));
        var third = await _flow.RefreshAsync(first);

        second.AsObject().ContainsKey("refresh_token").ShouldBeFalse();
        third.StatusCode.ShouldBe(HttpStatusCode.OK);
        _app.Counters[DemoCounter.Refreshes].ShouldBe(2);
    }

    [Fact]
    public async Task With_rotation_a_refresh_token_works_once_and_its_reuse_kills_the_family()
    {
        _app.Switches = _app.Switches with { RotateRefreshTokens = true };
        var first = (string)(await _flow.SignInAsync())["refresh_token"]!;
        var answer = await DemoCodeFlow.JsonAsync(await _flow.RefreshAsync(first));
        var second = (string)answer["refresh_token"]!;

        (await ErrorAsync(await _flow.RefreshAsync(first))).ShouldBe("invalid_grant");
        (await ErrorAsync(await _flow.RefreshAsync(second))).ShouldBe("invalid_grant");
        (await UserInfoAsync((string)answer["access_token"]!)).ShouldBeNull();
        _app.Counters[DemoCounter.RefreshTokenReuses].ShouldBe(1);
    }

    [Fact]
    public async Task A_provider_that_forgives_gives_another_successor_for_a_while_and_says_which_refreshes_were_repeated()
    {
        _app.Switches = _app.Switches with { RotateRefreshTokens = true, RefreshReuseSeconds = 10 };
        var first = (string)(await _flow.SignInAsync())["refresh_token"]!;
        var lost = (string)(await DemoCodeFlow.JsonAsync(await _flow.RefreshAsync(first)))["refresh_token"]!;

        var second = (string)(await DemoCodeFlow.JsonAsync(await _flow.RefreshAsync(first)))["refresh_token"]!;

        second.ShouldNotBe(lost);
        _app.Counters[DemoCounter.RefreshTokenRepeats].ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(10));
        (await ErrorAsync(await _flow.RefreshAsync(first))).ShouldBe("invalid_grant");
        _app.Counters[DemoCounter.RefreshTokenReuses].ShouldBe(1);
    }

    [Fact]
    public async Task With_rotation_exactly_one_of_many_concurrent_refreshes_wins()
    {
        _app.Switches = _app.Switches with { RotateRefreshTokens = true };
        var token = (string)(await _flow.SignInAsync())["refresh_token"]!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _flow.RefreshAsync(token)));

        answers.Count(a => a.StatusCode is HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode is HttpStatusCode.BadRequest).ShouldBe(15);
    }

    [Fact]
    public async Task Switches_leave_out_the_refresh_token_and_the_expiry()
    {
        _app.Switches = _app.Switches with { IssueRefreshTokens = false, OmitExpiresIn = true };

        var tokens = (await _flow.SignInAsync()).AsObject();

        tokens.ContainsKey("refresh_token").ShouldBeFalse();
        tokens.ContainsKey("expires_in").ShouldBeFalse();
    }

    [Fact]
    public async Task A_token_response_can_be_nested_or_a_form()
    {
        _app.Switches = _app.Switches with { TokenResponseShape = TokenResponseShape.Nested };
        var nested = await _flow.SignInAsync();
        _app.Switches = _app.Switches with { TokenResponseShape = TokenResponseShape.Form };
        var form = await (await _flow.RedeemAsync(await _flow.CodeAsync())).Content.ReadAsStringAsync();

        ((string)nested["authed_user"]!["access_token"]!).ShouldStartWith("demo_at_");
        form.ShouldStartWith("access_token=demo_at_");
    }

    [Theory]
    [InlineData(TokenFault.ServerError, HttpStatusCode.ServiceUnavailable, "Unavailable")]
    [InlineData(TokenFault.RateLimited, HttpStatusCode.TooManyRequests, "Too Many")]
    [InlineData(TokenFault.InvalidGrant, HttpStatusCode.BadRequest, "invalid_grant")]
    [InlineData(TokenFault.Html, HttpStatusCode.OK, "<h1>")]
    [InlineData(TokenFault.GarbageJson, HttpStatusCode.OK, "{\"access_token\":\"")]
    [InlineData(TokenFault.HugeBody, HttpStatusCode.OK, "xxxxxxxx")]
    public async Task A_token_fault_shows_itself_as_often_as_asked_and_consumes_nothing(TokenFault fault, HttpStatusCode status, string body)
    {
        var code = await _flow.CodeAsync();
        _app.Switches = _app.Switches with { TokenFault = fault, TokenFaultTimes = 1 };

        var faulty = await _flow.RedeemAsync(code);
        var sound = await _flow.RedeemAsync(code);

        faulty.StatusCode.ShouldBe(status);
        (await faulty.Content.ReadAsStringAsync()).ShouldContain(body);
        (faulty.Headers.RetryAfter?.Delta).ShouldBe(fault is TokenFault.RateLimited ? TimeSpan.FromSeconds(7) : null);
        if (fault is TokenFault.HugeBody) (await faulty.Content.ReadAsByteArrayAsync()).Length.ShouldBeGreaterThan(16 * 1024 * 1024);
        sound.StatusCode.ShouldBe(HttpStatusCode.OK);
        _app.Switches.TokenFault.ShouldBe(TokenFault.None);
    }

    [Fact]
    public async Task A_disconnect_consumes_nothing_but_a_lost_answer_has_rotated()
    {
        _app.Switches = _app.Switches with { RotateRefreshTokens = true };
        var token = (string)(await _flow.SignInAsync())["refresh_token"]!;

        _app.Switches = _app.Switches with { TokenFault = TokenFault.Disconnect, TokenFaultTimes = 1 };
        await Should.ThrowAsync<HttpRequestException>(() => _flow.RefreshAsync(token));
        _app.Counters[DemoCounter.Refreshes].ShouldBe(0);

        _app.Switches = _app.Switches with { TokenFault = TokenFault.LoseAnswer, TokenFaultTimes = 1 };
        await Should.ThrowAsync<HttpRequestException>(() => _flow.RefreshAsync(token));
        _app.Counters[DemoCounter.Refreshes].ShouldBe(1);
        (await ErrorAsync(await _flow.RefreshAsync(token))).ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task A_slow_token_endpoint_answers_only_when_its_delay_is_over()
    {
        var code = await _flow.CodeAsync();
        _app.Switches = _app.Switches with { TokenDelayMs = 60_000 };

        var answer = _flow.RedeemAsync(code);
        await Task.WhenAny(_clock.Waiting, answer);
        answer.IsCompleted.ShouldBeFalse();
        _app.Switches = _app.Switches with { TokenDelayMs = 0 };
        _clock.Advance(TimeSpan.FromSeconds(59));
        answer.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));

        (await answer).StatusCode.ShouldBe(HttpStatusCode.BadRequest, "the code died while the endpoint was slow");
    }

    [Fact]
    public async Task A_resource_parameter_is_refused_only_when_asked()
    {
        (await _flow.CodeAsync(("resource", "https://example.com/mcp"))).ShouldStartWith("demo_ac_");

        _app.Switches = _app.Switches with { RefuseResourceParameter = true };
        Callback(await _flow.AuthorizeAsync(("resource", "https://example.com/mcp")))["error"].ShouldBe("invalid_target");
        (await ErrorAsync(await _flow.TokenAsync(("grant_type", "refresh_token"), ("resource", "https://example.com/mcp")))).ShouldBe("invalid_target");
    }

    [Fact]
    public async Task Access_tokens_can_be_expired_and_refresh_tokens_revoked_all_at_once()
    {
        var tokens = await _flow.SignInAsync();

        _app.ExpireAccessTokens();
        (await UserInfoAsync((string)tokens["access_token"]!)).ShouldBeNull();
        (await _flow.RefreshAsync((string)tokens["refresh_token"]!)).StatusCode.ShouldBe(HttpStatusCode.OK);

        _app.RevokeRefreshTokens();
        (await ErrorAsync(await _flow.RefreshAsync((string)tokens["refresh_token"]!))).ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task Revoking_a_refresh_token_takes_its_access_tokens_along()
    {
        var tokens = await _flow.SignInAsync();
        using var form = new FormUrlEncodedContent([new("token", (string)tokens["refresh_token"]!), new("client_id", "demo-client"), new("client_secret", "demo-client-secret")]);

        (await _flow.Http.PostAsync("/revoke", form)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await UserInfoAsync((string)tokens["access_token"]!)).ShouldBeNull();
        _app.Counters[DemoCounter.Revocations].ShouldBe(1);
    }
}
