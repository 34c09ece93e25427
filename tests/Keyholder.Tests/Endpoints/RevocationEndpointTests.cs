using System.Net;
using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage;
using Keyholder.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints;

public sealed class RevocationEndpointTests : IAsyncLifetime
{
    private TokenHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TokenHost.StartAsync();

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("refresh_token")]
    [InlineData("access_token")]
    [InlineData("nonsense")]
    public async Task A_refresh_token_ends_its_session_whatever_the_hint_says(string? hint)
    {
        var tokens = await _host.SignInAsync();

        var answer = await RevokeAsync(tokens.RefreshToken, hint: hint);

        (answer.Status, answer.Body).ShouldBe((HttpStatusCode.OK, ""));
        _host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
        (await _host.RefreshAsync(tokens.RefreshToken)).Error.ShouldBe("invalid_grant");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("refresh_token")]
    public async Task An_access_token_ends_alone(string? hint)
    {
        var tokens = await _host.SignInAsync();

        (await RevokeAsync(tokens.AccessToken, hint: hint)).Status.ShouldBe(HttpStatusCode.OK);

        _host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Revoked);
        var refreshed = await _host.RefreshAsync(tokens.RefreshToken);
        refreshed.Succeeded.ShouldBeTrue(refreshed.Body);
        _host.Validate(refreshed.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
        var audit = (await _host.Audit.ListAsync(100, TestContext.Current.CancellationToken)).Single(a => a.Action == AuditActions.RevocationAdded);
        (audit.Actor, audit.Reason).ShouldBe(("client:client", "client_request"));
    }

    [Fact]
    public async Task A_token_of_another_client_is_answered_like_one_that_never_was_and_lives_on()
    {
        var tokens = await _host.SignInAsync();

        var unknown = await RevokeAsync("kh_rt_AAAA", client: "other");
        foreach (var token in new[] { tokens.RefreshToken, tokens.AccessToken, tokens.AccessToken[..^4] + "AAAA", "x", new string('a', 20_000) })
        {
            var answer = await RevokeAsync(token, client: "other");
            (answer.Status, answer.Headers, answer.Body).ShouldBe((unknown.Status, unknown.Headers, unknown.Body));
        }

        unknown.Status.ShouldBe(HttpStatusCode.OK);
        _host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
        (await _host.RefreshAsync(tokens.RefreshToken)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Revoking_the_same_access_token_again_writes_nothing()
    {
        var tokens = await _host.SignInAsync();
        await RevokeAsync(tokens.AccessToken);

        (await RevokeAsync(tokens.AccessToken)).Status.ShouldBe(HttpStatusCode.OK);

        var log = await _host.Services.GetRequiredService<IRevocationStore>().ReadAfterAsync(0, _host.Time.GetUtcNow(), TestContext.Current.CancellationToken);
        log.Where(entry => !entry.IsNotice).ShouldHaveSingleItem().Revocation.Target.Kind.ShouldBe(RevocationTargetKind.Token);
    }

    [Fact]
    public async Task A_code_is_no_token_and_stays_good()
    {
        var code = (await _host.AuthorizeAsync()).Code;

        (await RevokeAsync(code)).Status.ShouldBe(HttpStatusCode.OK);

        (await _host.RedeemAsync(code)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task An_unknown_client_and_a_missing_token_are_errors()
    {
        (await RevokeAsync("x", client: "nobody")).Error.ShouldBe("invalid_client");
        (await RevokeAsync(null)).Error.ShouldBe("invalid_request");
    }

    [Fact]
    public async Task A_store_that_fails_is_an_error_and_nothing_is_claimed()
    {
        var tokens = await _host.SignInAsync();
        _host.Sessions.Failing = nameof(ISessionStore.RevokeAsync);

        (await RevokeAsync(tokens.RefreshToken)).Status.ShouldNotBe(HttpStatusCode.OK);

        _host.Validate(tokens.AccessToken).ShouldBe(AccessTokenOutcome.Valid);
    }

    [Fact]
    public async Task Any_page_may_call_it()
    {
        var tokens = await _host.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/revoke") { Content = new FormUrlEncodedContent([new("client_id", "client"), new("token", tokens.AccessToken)]) };
        request.Headers.Add("Origin", "https://app.example");

        var answer = await _host.SendAsync(request);

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Headers.ShouldContain("Access-Control-Allow-Origin: *");
    }

    private Task<TokenAnswer> RevokeAsync(string? token, string client = "client", string? hint = null) =>
        _host.PostToAsync("/revoke", ("client_id", client), ("token", token), ("token_type_hint", hint));
}
