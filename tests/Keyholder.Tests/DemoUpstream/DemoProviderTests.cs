using System.Net;
using System.Text.Json.Nodes;
using AngleSharp;
using DemoUpstream;
using DemoUpstream.Control;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Keyholder.Tests.DemoUpstream;

public sealed class DemoProviderTests : IAsyncLifetime
{
    private readonly ObservedClock _clock = new();
    private DemoUpstreamApp _app = null!;
    private DemoCodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await DemoUpstreamApp.StartAsync(new DemoUpstreamOptions { AccessTokenLifetime = TimeSpan.FromMinutes(5) }, _clock, TestContext.Current.CancellationToken);
        _flow = new DemoCodeFlow(_app);
    }

    public async ValueTask DisposeAsync()
    {
        _flow.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-configuration")]
    public async Task Both_metadata_documents_name_the_address_as_issuer_and_promise_S256(string path)
    {
        var document = await DemoCodeFlow.JsonAsync(await _flow.Http.GetAsync(path));

        ((string?)document["issuer"]).ShouldBe(_app.BaseAddress);
        ((string?)document["token_endpoint"]).ShouldBe(_app.BaseAddress + "/token");
        document["code_challenge_methods_supported"]!.ToJsonString().ShouldBe("[\"S256\"]");
    }

    [Fact]
    public async Task Switches_put_a_foreign_issuer_into_the_metadata_and_take_PKCE_out()
    {
        _app.Switches = _app.Switches with { WrongMetadataIssuer = true, OmitPkceSupport = true };

        var document = await DemoCodeFlow.JsonAsync(await _flow.Http.GetAsync("/.well-known/oauth-authorization-server"));

        ((string?)document["issuer"]).ShouldNotBe(_app.BaseAddress);
        document.AsObject().ContainsKey("code_challenge_methods_supported").ShouldBeFalse();
    }

    [Fact]
    public async Task The_code_flow_ends_in_opaque_tokens_with_their_prefixes_and_an_account()
    {
        var response = Callback(await _flow.AuthorizeAsync(("login_hint", "demo-account-2")));
        response["state"].ShouldBe("state-1");
        response["iss"].ShouldBe(_app.BaseAddress);

        var tokens = await DemoCodeFlow.JsonAsync(await _flow.RedeemAsync(response["code"]));

        ((string)tokens["access_token"]!).ShouldStartWith("demo_at_");
        ((string)tokens["refresh_token"]!).ShouldStartWith("demo_rt_");
        ((int)tokens["expires_in"]!).ShouldBe(300);
        (await UserInfoAsync((string)tokens["access_token"]!))!["sub"]!.GetValue<string>().ShouldBe("demo-account-2");
    }

    [Fact]
    public async Task A_code_is_redeemed_only_with_its_verifier_and_redirect_URI_and_a_second_use_kills_what_the_first_gave()
    {
        var code = await _flow.CodeAsync();
        (await ErrorAsync(await _flow.RedeemAsync(code, verifier: new string('x', 43)))).ShouldBe("invalid_grant");
        (await ErrorAsync(await _flow.RedeemAsync(code, redirectUri: DemoCodeFlow.RedirectUri + "/"))).ShouldBe("invalid_grant");

        var token = (string)(await DemoCodeFlow.JsonAsync(await _flow.RedeemAsync(code)))["access_token"]!;
        (await UserInfoAsync(token)).ShouldNotBeNull();
        (await ErrorAsync(await _flow.RedeemAsync(code))).ShouldBe("invalid_grant");
        (await UserInfoAsync(token)).ShouldBeNull();
    }

    [Fact]
    public async Task A_code_is_dead_after_a_minute_and_an_access_token_after_its_lifetime()
    {
        var code = await _flow.CodeAsync();
        var token = await _flow.AccessTokenAsync();

        _clock.Advance(TimeSpan.FromSeconds(60));
        (await ErrorAsync(await _flow.RedeemAsync(code))).ShouldBe("invalid_grant");
        (await UserInfoAsync(token)).ShouldNotBeNull();

        _clock.Advance(TimeSpan.FromMinutes(4));
        (await UserInfoAsync(token)).ShouldBeNull();
    }

    [Theory]
    [InlineData("client_id", "nobody")]
    [InlineData("redirect_uri", "javascript:alert(1)")]
    public async Task An_unknown_client_or_redirect_URI_is_a_page_and_never_a_redirect(string name, string value)
    {
        var response = await _flow.AuthorizeAsync((name, value));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Headers.Location.ShouldBeNull();
    }

    [Theory]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("login_hint", "demo-account-9", "login_required")]
    public async Task A_wrong_authorization_request_is_answered_with_its_error(string name, string? value, string error) =>
        Callback(await _flow.AuthorizeAsync((name, value)))["error"].ShouldBe(error);

    [Fact]
    public async Task A_wrong_client_secret_is_401_invalid_client()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("client_id", "demo-client"), new("client_secret", "wrong")]),
        };
        var response = await _flow.Http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await ErrorAsync(response)).ShouldBe("invalid_client");
    }

    [Fact]
    public async Task The_account_form_encodes_what_it_echoes_and_approves_the_chosen_account()
    {
        _app.Switches = _app.Switches with { ShowAccountForm = true };
        var page = await (await _flow.AuthorizeAsync(("state", "\"><script>"))).Content.ReadAsStringAsync();
        page.ShouldNotContain("<script>");
        var document = await BrowsingContext.New().OpenAsync(r => r.Content(page));
        var fields = document.QuerySelectorAll("input[type=hidden]").Select(i => KeyValuePair.Create(i.GetAttribute("name")!, i.GetAttribute("value")!)).ToList();

        var chosen = await _flow.Http.PostAsync("/authorize", new FormUrlEncodedContent([.. fields, new("account", "demo-account-2")]));
        var denied = await _flow.Http.PostAsync("/authorize", new FormUrlEncodedContent([.. fields, new("decision", "deny")]));

        chosen.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        Callback(chosen)["state"].ShouldBe("\"><script>");
        Callback(denied)["error"].ShouldBe("access_denied");
        var token = (string)(await DemoCodeFlow.JsonAsync(await _flow.RedeemAsync(Callback(chosen)["code"])))["access_token"]!;
        ((string?)(await UserInfoAsync(token))!["sub"]).ShouldBe("demo-account-2");
    }

    [Fact]
    public async Task Switches_deny_with_markup_tamper_with_state_and_lie_about_the_issuer()
    {
        _app.Switches = new DemoUpstreamSwitches { DenyAuthorization = true };
        var denied = Callback(await _flow.AuthorizeAsync());
        _app.Switches = new DemoUpstreamSwitches { TamperState = true, WrongAuthorizationIssuer = true };
        var lied = Callback(await _flow.AuthorizeAsync());
        _app.Switches = new DemoUpstreamSwitches { OmitAuthorizationIssuer = true };
        var silent = Callback(await _flow.AuthorizeAsync());

        denied["error"].ShouldBe("access_denied");
        denied["error_description"].ShouldContain("<script>");
        lied["state"].ShouldNotBe("state-1");
        lied["iss"].ShouldNotBe(_app.BaseAddress);
        silent.ShouldNotContainKey("iss");
    }

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

    [Fact]
    public async Task A_registered_client_can_run_the_flow_and_is_gone_after_a_reset()
    {
        var registration = await DemoCodeFlow.JsonAsync(await _flow.Http.PostAsync("/register", Json($$"""{"redirect_uris":["{{DemoCodeFlow.RedirectUri}}"],"token_endpoint_auth_method":"none"}""")));
        var id = (string)registration["client_id"]!;
        var code = await _flow.CodeAsync(("client_id", id));
        using var form = new FormUrlEncodedContent(
            [new("grant_type", "authorization_code"), new("code", code), new("client_id", id), new("redirect_uri", DemoCodeFlow.RedirectUri), new("code_verifier", DemoCodeFlow.Verifier)]);
        (await _flow.Http.PostAsync("/token", form)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _flow.AuthorizeAsync(("client_id", id), ("redirect_uri", "http://127.0.0.1:9/other"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        await _flow.Http.PostAsync("/control/reset", null);
        (await _flow.AuthorizeAsync(("client_id", id))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task An_ID_token_verifies_against_the_JWK_set(string algorithm)
    {
        await using var app = await DemoUpstreamApp.StartAsync(new DemoUpstreamOptions { SigningAlgorithm = algorithm }, _clock);
        using var flow = new DemoCodeFlow(app);

        var result = await ValidateAsync(app, flow);

        result.Exception.ShouldBeNull();
        ((JsonWebToken)result.SecurityToken).Alg.ShouldBe(algorithm);
        result.Claims["nonce"].ShouldBe("nonce-1");
        result.Claims["sub"].ShouldBe("demo-account-1");
    }

    [Theory]
    [InlineData(IdTokenFault.WrongAudience, typeof(SecurityTokenInvalidAudienceException))]
    [InlineData(IdTokenFault.WrongIssuer, typeof(SecurityTokenInvalidIssuerException))]
    [InlineData(IdTokenFault.Expired, typeof(SecurityTokenExpiredException))]
    [InlineData(IdTokenFault.WrongKey, typeof(SecurityTokenInvalidSignatureException))]
    [InlineData(IdTokenFault.NoSignature, typeof(SecurityTokenInvalidSignatureException))]
    [InlineData(IdTokenFault.WrongNonce, null)]
    [InlineData(IdTokenFault.MissingNonce, null)]
    public async Task An_ID_token_is_broken_in_just_the_way_asked(IdTokenFault fault, Type? failure)
    {
        _app.Switches = _app.Switches with { IdTokenFault = fault };

        var result = await ValidateAsync(_app, _flow);

        if (failure is not null) result.Exception.ShouldBeOfType(failure);
        else result.Claims.TryGetValue("nonce", out var nonce).ShouldBe(fault is IdTokenFault.WrongNonce && !Equals(nonce, "nonce-1"));
    }

    private async Task<TokenValidationResult> ValidateAsync(DemoUpstreamApp app, DemoCodeFlow flow)
    {
        var keys = new JsonWebKeySet(await flow.Http.GetStringAsync("/jwks"));
        var token = (string)(await flow.SignInAsync())["id_token"]!;
        return await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = app.BaseAddress,
            ValidAudience = "demo-client",
            IssuerSigningKeys = keys.GetSigningKeys(),
            LifetimeValidator = (_, expires, _, _) => expires > _clock.GetUtcNow().UtcDateTime ? true : throw new SecurityTokenExpiredException(),
        });
    }

    private async Task<JsonNode?> UserInfoAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/userinfo") { Headers = { { "Authorization", "Bearer " + token } } };
        var response = await _flow.Http.SendAsync(request);
        return response.StatusCode is HttpStatusCode.OK ? await DemoCodeFlow.JsonAsync(response) : null;
    }

    private static Dictionary<string, string> Callback(HttpResponseMessage response) => DemoCodeFlow.Callback(response);

    private static async Task<string?> ErrorAsync(HttpResponseMessage response) => (string?)(await DemoCodeFlow.JsonAsync(response))["error"];

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
