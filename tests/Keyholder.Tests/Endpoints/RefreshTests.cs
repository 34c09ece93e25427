using System.Net;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;

namespace Keyholder.Tests.Endpoints;

public sealed class RefreshTests
{
    [Fact]
    public async Task A_refresh_is_one_store_call_and_gives_new_tokens()
    {
        await using var host = await TokenHost.StartAsync();
        var first = await host.SignInAsync();

        var second = await host.RefreshAsync(first.RefreshToken);

        second.Succeeded.ShouldBeTrue(second.Body);
        host.Sessions.Calls.ShouldBe([nameof(ISessionStore.RotateAsync)]);
        second.RefreshToken.ShouldNotBe(first.RefreshToken);
        second.AccessToken.ShouldNotBe(first.AccessToken);
        second.Scope.ShouldBe("mcp:read mcp:write");
        second.Headers.ShouldContain("Cache-Control: no-store");
        host.Validate(second.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
        host.Clients.Touched.ShouldBe(["client", "client"]);
    }

    [Fact]
    public async Task Sixty_four_parallel_refreshes_of_one_token_make_one_lineage_and_every_caller_can_go_on()
    {
        await using var host = await TokenHost.StartAsync();
        var first = await host.SignInAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => host.RefreshAsync(first.RefreshToken))));

        answers.ShouldAllBe(a => a.Succeeded);
        answers.Select(a => a.RefreshToken).Distinct().Count().ShouldBe(1);
        answers.Select(a => a.AccessToken).Distinct().Count().ShouldBe(64);
        answers.ShouldAllBe(a => host.Validate(a.AccessToken) == AccessTokenOutcome.Valid);
        var next = await Task.WhenAll(answers.Select(a => Task.Run(() => host.RefreshAsync(a.RefreshToken))));
        next.ShouldAllBe(a => a.Succeeded);
        next.Select(a => a.RefreshToken).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_response_is_given_again_inside_the_window()
    {
        await using var host = await TokenHost.StartAsync();
        var first = await host.SignInAsync();
        var lost = await host.RefreshAsync(first.RefreshToken);
        host.Time.Advance(TimeSpan.FromSeconds(29));

        var again = await host.RefreshAsync(first.RefreshToken);

        again.RefreshToken.ShouldBe(lost.RefreshToken);
        again.AccessToken.ShouldNotBe(lost.AccessToken);
        host.Validate(again.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
        (await host.RefreshAsync(again.RefreshToken)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_replay_after_the_window_kills_the_newest_refresh_token_and_every_access_token()
    {
        await using var host = await TokenHost.StartAsync();
        var stolen = await host.SignInAsync();
        var current = await host.RefreshAsync(stolen.RefreshToken);
        host.Time.Advance(TimeSpan.FromSeconds(30));

        (await host.RefreshAsync(stolen.RefreshToken)).Error.ShouldBe("invalid_grant");

        (await host.RefreshAsync(current.RefreshToken)).Error.ShouldBe("invalid_grant");
        host.Validate(current.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
        host.Validate(stolen.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
        (await host.Audit.ListAsync(10, CancellationToken.None)).ShouldContain(e => e.Reason == RevocationReasons.RefreshTokenReuse && e.Actor == "client:client");
    }

    [Fact]
    public async Task A_token_whose_successor_was_used_is_reused_even_inside_the_window()
    {
        await using var host = await TokenHost.StartAsync();
        var stolen = await host.SignInAsync();
        var second = await host.RefreshAsync(stolen.RefreshToken);
        var third = await host.RefreshAsync(second.RefreshToken);

        (await host.RefreshAsync(stolen.RefreshToken)).Error.ShouldBe("invalid_grant");

        (await host.RefreshAsync(third.RefreshToken)).Error.ShouldBe("invalid_grant");
        host.Validate(third.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
    }

    [Fact]
    public async Task Without_a_window_every_replay_is_reuse()
    {
        await using var host = await TokenHost.StartAsync(new SessionOptions { RetryWindow = TimeSpan.Zero });
        var first = await host.SignInAsync();
        var second = await host.RefreshAsync(first.RefreshToken);

        (await host.RefreshAsync(first.RefreshToken)).Error.ShouldBe("invalid_grant");

        host.Validate(second.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
    }

    [Fact]
    public async Task Unknown_garbage_foreign_reused_and_revoked_tokens_are_answered_byte_for_byte_alike()
    {
        await using var host = await TokenHost.StartAsync();
        var old = await host.SignInAsync();
        await host.RefreshAsync((await host.RefreshAsync(old.RefreshToken)).RefreshToken);
        var unknown = host.Formats.RefreshToken.Format(new OpaqueToken(SessionId.Create(), 1, TokenSecret.Create()));
        var foreign = (await host.SignInAsync()).RefreshToken;

        TokenAnswer[] answers =
        [
            await host.RefreshAsync(unknown),
            await host.RefreshAsync("kh_rt_garbage"),
            await host.RefreshAsync(foreign, client: "other"),
            await host.RefreshAsync(old.RefreshToken),
            await host.RefreshAsync(old.RefreshToken),
            await host.RefreshAsync(unknown, scope: "mcp:read"),
            await host.RefreshAsync(unknown, scope: "everything"),
            await host.RefreshAsync(old.RefreshToken, scope: "everything"),
        ];

        answers.Distinct().ShouldBe([answers[0]]);
        answers[0].Body.ShouldBe("""{"error":"invalid_grant","error_description":"The grant is invalid, expired or revoked."}""");
    }

    [Fact]
    public async Task Scopes_are_judged_only_for_who_could_refresh()
    {
        await using var host = await TokenHost.StartAsync();
        var mine = await host.SignInAsync();
        (await host.RefreshAsync(mine.RefreshToken, scope: "everything")).Error.ShouldBe("invalid_scope");

        (await host.RefreshAsync(mine.RefreshToken, client: "other", scope: "everything")).Error.ShouldBe("invalid_grant");
        (await host.RefreshAsync(mine.RefreshToken, scope: "everything", resource: TokenHost.OtherResource.Uri)).Error.ShouldBe("invalid_grant");
        host.Time.Advance(TimeSpan.FromDays(30));
        (await host.RefreshAsync(mine.RefreshToken, scope: "everything")).Error.ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task A_reused_token_is_reuse_whatever_scope_it_asks_for()
    {
        await using var host = await TokenHost.StartAsync();
        var stolen = await host.SignInAsync();
        var current = await host.RefreshAsync((await host.RefreshAsync(stolen.RefreshToken)).RefreshToken);

        (await host.RefreshAsync(stolen.RefreshToken, scope: "everything")).Error.ShouldBe("invalid_grant");

        host.Validate(current.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
    }

    [Fact]
    public async Task A_token_whose_mac_fails_never_reaches_the_store()
    {
        await using var host = await TokenHost.StartAsync();
        var token = (await host.SignInAsync()).RefreshToken;

        foreach (var forged in new[] { token[..^1] + (token[^1] == 'A' ? 'E' : 'A'), token[..20] + (token[20] == 'A' ? 'B' : 'A') + token[21..], "kh_rt_", "x", token + "=", token.Replace("kh_rt_", "kh_ac_") })
        {
            (await host.RefreshAsync(forged)).Error.ShouldBe("invalid_grant");
            (await host.RefreshAsync(forged, scope: "mcp:read")).Error.ShouldBe("invalid_grant");
        }

        host.Sessions.Calls.ShouldBeEmpty();
        (await host.RefreshAsync(token)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_wrong_client_gets_nothing_and_leaves_the_session_as_it_was()
    {
        await using var host = await TokenHost.StartAsync();
        var old = await host.SignInAsync();
        var newest = await host.RefreshAsync((await host.RefreshAsync(old.RefreshToken)).RefreshToken);

        (await host.RefreshAsync(newest.RefreshToken, client: "other")).Error.ShouldBe("invalid_grant");
        (await host.RefreshAsync(old.RefreshToken, client: "other")).Error.ShouldBe("invalid_grant");

        host.Validate(newest.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
        (await host.RefreshAsync(newest.RefreshToken)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_store_that_fails_is_a_server_error_and_consumes_nothing()
    {
        await using var host = await TokenHost.StartAsync();
        var first = await host.SignInAsync();
        host.Sessions.Failing = nameof(ISessionStore.RotateAsync);

        var failed = await host.RefreshAsync(first.RefreshToken);

        (failed.Status, failed.Error).ShouldBe((HttpStatusCode.ServiceUnavailable, "server_error"));
        failed.Headers.ShouldContain("Retry-After: 5");
        host.Sessions.Failing = null;
        (await host.RefreshAsync(first.RefreshToken)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_reuse_whose_revocation_cannot_be_written_is_a_server_error_until_it_can()
    {
        await using var host = await TokenHost.StartAsync();
        var stolen = await host.SignInAsync();
        var current = await host.RefreshAsync((await host.RefreshAsync(stolen.RefreshToken)).RefreshToken);
        host.Sessions.Failing = nameof(ISessionStore.RevokeAsync);

        (await host.RefreshAsync(stolen.RefreshToken)).Error.ShouldBe("server_error");

        host.Sessions.Failing = null;
        (await host.RefreshAsync(stolen.RefreshToken)).Error.ShouldBe("invalid_grant");
        host.Validate(current.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
    }

    [Fact]
    public async Task Scopes_narrow_for_one_access_token_and_never_widen()
    {
        await using var host = await TokenHost.StartAsync();
        var first = await host.SignInAsync();

        var widened = await host.RefreshAsync(first.RefreshToken, scope: "mcp:read mcp:admin");
        widened.Error.ShouldBe("invalid_scope");
        host.Sessions.Calls.ShouldBe([nameof(ISessionStore.FindAsync)]);

        var narrowed = await host.RefreshAsync(first.RefreshToken, scope: "mcp:read");
        narrowed.Scope.ShouldBe("mcp:read");

        var repeated = await host.RefreshAsync(first.RefreshToken, scope: "mcp:admin");
        repeated.Error.ShouldBe("invalid_scope");

        var next = await host.RefreshAsync(narrowed.RefreshToken, scope: "offline_access");
        next.Scope.ShouldBe("mcp:read mcp:write");
    }

    [Fact]
    public async Task A_resource_is_confirmed_but_never_changed()
    {
        await using var host = await TokenHost.StartAsync();
        var first = await host.SignInAsync();

        (await host.RefreshAsync(first.RefreshToken, resource: "https://evil.example/mcp")).Error.ShouldBe("invalid_target");
        (await host.RefreshAsync(first.RefreshToken, resource: "mcp/notes")).Error.ShouldBe("invalid_target");
        (await host.RefreshAsync(first.RefreshToken, resource: TokenHost.OtherResource.Uri)).Error.ShouldBe("invalid_grant");

        (await host.RefreshAsync(first.RefreshToken, resource: TokenHost.Resource.Uri)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task An_unused_session_ends_at_its_idle_lifetime_and_a_used_one_goes_on()
    {
        await using var host = await TokenHost.StartAsync(new SessionOptions { IdleLifetime = TimeSpan.FromHours(1), AbsoluteLifetime = TimeSpan.FromDays(1) });
        var tokens = await host.SignInAsync();
        host.Time.Advance(TimeSpan.FromMinutes(59));
        tokens = await host.RefreshAsync(tokens.RefreshToken);
        tokens.Succeeded.ShouldBeTrue();

        host.Time.Advance(TimeSpan.FromHours(1));

        (await host.RefreshAsync(tokens.RefreshToken)).Error.ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task No_amount_of_refreshing_moves_the_absolute_end()
    {
        await using var host = await TokenHost.StartAsync(new SessionOptions { IdleLifetime = TimeSpan.FromHours(1), AbsoluteLifetime = TimeSpan.FromMinutes(90) });
        var tokens = await host.SignInAsync();
        host.Time.Advance(TimeSpan.FromMinutes(50));
        tokens = await host.RefreshAsync(tokens.RefreshToken);
        host.Time.Advance(TimeSpan.FromMinutes(39));
        tokens = await host.RefreshAsync(tokens.RefreshToken);
        tokens.Succeeded.ShouldBeTrue();

        host.Time.Advance(TimeSpan.FromMinutes(1));

        (await host.RefreshAsync(tokens.RefreshToken)).Error.ShouldBe("invalid_grant");
        host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Expired);
    }

    [Fact]
    public async Task No_token_is_ever_logged()
    {
        await using var host = await TokenHost.StartAsync();
        var issued = await host.AuthorizeAsync();
        var first = await host.RedeemAsync(issued.Code);
        var second = await host.RefreshAsync(first.RefreshToken);
        await host.RefreshAsync(second.RefreshToken, client: "other");
        await host.RefreshAsync(first.RefreshToken + "=");
        await host.RedeemAsync(issued.Code);

        var log = host.Logs.ToString();

        log.ShouldContain("redeemed twice");
        foreach (var secret in new[] { issued.Code, first.RefreshToken, first.AccessToken, second.RefreshToken, second.AccessToken, TokenHost.Verifier })
        {
            log.ShouldNotContain(secret);
            log.ShouldNotContain(secret[30..]);
        }
    }
}
