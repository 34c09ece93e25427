using System.Net;
using AngleSharp;
using DemoUpstream;
using DemoUpstream.Control;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Keyholder.Tests.DemoUpstream;

/// <summary>The demo provider: metadata, authorization, clients and identities.</summary>
public sealed class DemoProviderTests : DemoProviderContext
{
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
}
