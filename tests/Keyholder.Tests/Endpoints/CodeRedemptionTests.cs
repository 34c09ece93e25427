using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;

namespace Keyholder.Tests.Endpoints;

public sealed class CodeRedemptionTests
{
    [Fact]
    public async Task A_code_buys_tokens_for_its_session()
    {
        await using var host = await TokenHost.StartAsync();
        var issued = await host.AuthorizeAsync();

        var tokens = await host.RedeemAsync(issued.Code, resource: TokenHost.Resource.Uri);

        tokens.Succeeded.ShouldBeTrue(tokens.Body);
        tokens.Body.ShouldContain("\"token_type\":\"Bearer\",\"expires_in\":600,");
        tokens.Scope.ShouldBe("mcp:read mcp:write");
        tokens.Headers.ShouldContain("Cache-Control: no-store");
        host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
        (await host.RefreshAsync(tokens.RefreshToken)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Sixty_four_parallel_redemptions_have_one_success_and_end_the_session()
    {
        await using var host = await TokenHost.StartAsync();
        var issued = await host.AuthorizeAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => host.RedeemAsync(issued.Code))));

        var winner = answers.Single(a => a.Succeeded);
        answers.Where(a => !a.Succeeded).ShouldAllBe(a => a.Error == "invalid_grant");
        host.Validate(winner.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
        (await host.RefreshAsync(winner.RefreshToken)).Error.ShouldBe("invalid_grant");
        (await host.Audit.ListAsync(100, CancellationToken.None)).Count(e => e.Reason == RevocationReasons.CodeReuse).ShouldBe(1);
    }

    [Fact]
    public async Task Every_way_a_code_can_be_wrong_has_one_answer_and_changes_nothing()
    {
        await using var host = await TokenHost.StartAsync();
        var code = (await host.AuthorizeAsync()).Code;
        var otherVerifier = new string('a', 43);
        var unknown = host.Formats.AuthorizationCode.Format(new OpaqueToken(SessionId.Create(), 0, TokenSecret.Create()));

        TokenAnswer[] answers =
        [
            await host.RedeemAsync(unknown),
            await host.RedeemAsync("kh_ac_garbage"),
            await host.RedeemAsync(code, client: "other"),
            await host.RedeemAsync(code, verifier: otherVerifier),
            await host.RedeemAsync(code, verifier: "short"),
            await host.RedeemAsync(code, verifier: TokenHost.Verifier + new string('a', 100)),
            await host.RedeemAsync(code, redirectUri: null),
            await host.RedeemAsync(code, redirectUri: TokenHost.RedirectUri + "/"),
            await host.RedeemAsync(code, redirectUri: "http://127.0.0.1:3001/callback"),
            await host.RedeemAsync(code, resource: TokenHost.OtherResource.Uri),
        ];

        answers.Distinct().ShouldBe([answers[0]]);
        answers[0].Body.ShouldBe("""{"error":"invalid_grant","error_description":"The grant is invalid, expired or revoked."}""");
        (await host.RedeemAsync(code)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_redirect_uri_that_was_not_sent_may_be_left_out_but_not_be_another()
    {
        await using var host = await TokenHost.StartAsync();
        var code = (await host.AuthorizeAsync(redirectUriWasSent: false)).Code;

        (await host.RedeemAsync(code, redirectUri: "http://127.0.0.1:9/callback")).Error.ShouldBe("invalid_grant");
        (await host.RedeemAsync(code, redirectUri: null)).Succeeded.ShouldBeTrue();
    }

    [Theory]
    [InlineData(59.999, true)]
    [InlineData(60, false)]
    public async Task A_code_lives_60_seconds(double seconds, bool expected)
    {
        await using var host = await TokenHost.StartAsync();
        var code = (await host.AuthorizeAsync()).Code;
        host.Time.Advance(TimeSpan.FromSeconds(seconds));

        (await host.RedeemAsync(code)).Succeeded.ShouldBe(expected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3600)]
    public async Task A_second_redemption_by_someone_who_could_have_made_the_first_revokes_the_session(int secondsLater)
    {
        await using var host = await TokenHost.StartAsync();
        var code = (await host.AuthorizeAsync()).Code;
        var tokens = await host.RedeemAsync(code);
        host.Time.Advance(TimeSpan.FromSeconds(secondsLater));
        var newest = await host.RefreshAsync(tokens.RefreshToken);

        (await host.RedeemAsync(code)).Error.ShouldBe("invalid_grant");

        host.Validate(newest.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
        (await host.RefreshAsync(newest.RefreshToken)).Error.ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task A_second_redemption_by_a_stranger_ends_nothing()
    {
        await using var host = await TokenHost.StartAsync();
        var code = (await host.AuthorizeAsync()).Code;
        var tokens = await host.RedeemAsync(code);

        (await host.RedeemAsync(code, verifier: new string('a', 43))).Error.ShouldBe("invalid_grant");
        (await host.RedeemAsync(code, client: "other")).Error.ShouldBe("invalid_grant");
        (await host.RedeemAsync(code, redirectUri: null)).Error.ShouldBe("invalid_grant");

        host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
        (await host.RefreshAsync(tokens.RefreshToken)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_reuse_whose_revocation_cannot_be_written_is_a_server_error()
    {
        await using var host = await TokenHost.StartAsync();
        var code = (await host.AuthorizeAsync()).Code;
        await host.RedeemAsync(code);
        host.Sessions.Failing = nameof(ISessionStore.RevokeAsync);

        (await host.RedeemAsync(code)).Error.ShouldBe("server_error");
    }

    [Theory]
    [InlineData(nameof(ISessionStore.FindAsync))]
    [InlineData(nameof(ISessionStore.RedeemCodeAsync))]
    public async Task A_store_that_fails_is_a_server_error_and_the_code_stays_good(string call)
    {
        await using var host = await TokenHost.StartAsync();
        var code = (await host.AuthorizeAsync()).Code;
        host.Sessions.Failing = call;

        (await host.RedeemAsync(code)).Error.ShouldBe("server_error");

        host.Sessions.Failing = null;
        (await host.RedeemAsync(code)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_code_whose_mac_fails_never_reaches_the_store()
    {
        await using var host = await TokenHost.StartAsync();
        var code = (await host.AuthorizeAsync()).Code;

        await host.RedeemAsync(code[..30] + (code[30] == 'A' ? 'B' : 'A') + code[31..]);

        host.Sessions.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_client_that_may_not_refresh_gets_no_refresh_token_and_a_session_no_longer_than_its_access_token()
    {
        await using var host = await TokenHost.StartAsync();
        var issued = await host.AuthorizeAsync(client: "code-only");

        var tokens = await host.RedeemAsync(issued.Code, client: "code-only");

        tokens.Succeeded.ShouldBeTrue();
        tokens.Body.ShouldNotContain("refresh_token");
        (await host.Sessions.FindAsync(issued.Session.Id, CancellationToken.None))!.IdleExpiresAt.ShouldBe(host.Time.GetUtcNow().AddMinutes(10));
    }

    [Fact]
    public async Task A_subject_that_is_gone_gets_nothing()
    {
        await using var host = await TokenHost.StartAsync();
        var code = (await host.AuthorizeAsync(user: "nobody")).Code;

        (await host.RedeemAsync(code)).Error.ShouldBe("invalid_grant");
    }
}
