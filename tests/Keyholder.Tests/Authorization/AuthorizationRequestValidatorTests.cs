using Keyholder.Authorization;
using Keyholder.Clients;
using static Keyholder.Tests.Authorization.AuthorizationSamples;

namespace Keyholder.Tests.Authorization;

public sealed class AuthorizationRequestValidatorTests
{
    [Fact]
    public void A_complete_request_is_accepted_as_sent()
    {
        var target = AuthorizationRequestValidator.FindTarget(With(), App).Target.ShouldNotBeNull();
        target.ShouldBe(new RedirectTarget(RedirectUri, WasSent: true, "xyz"));

        var asked = AuthorizationRequestValidator.Validate(With(), App, Both).Value.ShouldNotBeNull();
        (asked.CodeChallenge, asked.Resource, asked.MaxAge).ShouldBe((Challenge, NotesUri, null));
        asked.Scopes.ShouldBe(["notes:read"]);
    }

    [Theory]
    [InlineData("https://app.example.com/callback/")]
    [InlineData("https://app.example.com/callback?x=1")]
    [InlineData("https://app.example.com/callback#f")]
    [InlineData("https://app.example.com/Callback")]
    [InlineData("https://app.example.com:443/callback")]
    [InlineData("https://APP.example.com/callback")]
    [InlineData("https://app.example.com/x/../callback")]
    [InlineData("https://app.example.com/%63allback")]
    [InlineData("https://app.example.com.evil.example/callback")]
    [InlineData("https://app.example.com@evil.example/callback")]
    [InlineData("https://evil.example/?https://app.example.com/callback")]
    [InlineData("//app.example.com/callback")]
    [InlineData("/callback")]
    [InlineData("javascript:alert(1)//https://app.example.com/callback")]
    [InlineData("https://app.example.com/callback\r\nSet-Cookie: a=b")]
    [InlineData(" https://app.example.com/callback")]
    public void A_redirect_uri_that_is_not_the_registered_one_has_no_target(string redirectUri)
    {
        var (target, outcome) = AuthorizationRequestValidator.FindTarget(With(("redirect_uri", redirectUri)), App);
        target.ShouldBeNull();
        outcome.ShouldBe(RedirectTargetOutcome.NotRegistered);
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("redirect_uri")]
    public void A_repeated_identity_has_no_target(string name)
    {
        AuthorizationRequestValidator.FindTarget(With((name + "+", RedirectUri)), App).ShouldBe((null, RedirectTargetOutcome.Repeated));
        AuthorizationRequestValidator.FindTarget(With((name + "+", "")), App).ShouldBe((null, RedirectTargetOutcome.Repeated));
    }

    [Fact]
    public void Without_a_redirect_uri_only_a_single_registered_one_will_do()
    {
        AuthorizationRequestValidator.FindTarget(With(("redirect_uri", null)), App).Target
            .ShouldBe(new RedirectTarget(RedirectUri, WasSent: false, "xyz"));

        var two = App with { RedirectUris = [RedirectUri, "https://app.example.com/other"] };
        AuthorizationRequestValidator.FindTarget(With(("redirect_uri", null)), two).ShouldBe((null, RedirectTargetOutcome.Missing));
    }

    [Fact]
    public void A_loopback_redirect_may_use_another_port()
    {
        var native = App with { RedirectUris = ["http://localhost:1234/cb"] };
        AuthorizationRequestValidator.FindTarget(With(("redirect_uri", "http://localhost:50123/cb")), native).Target!.RedirectUri.ShouldBe("http://localhost:50123/cb");
        AuthorizationRequestValidator.FindTarget(With(("redirect_uri", "http://127.0.0.1:50123/cb")), native).Target.ShouldBeNull();
    }

    [Theory]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", "code token", "unsupported_response_type")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "invalid_request")]
    [InlineData("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMM", "invalid_request")]
    [InlineData("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", "s256", "invalid_request")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("response_mode", "form_post", "invalid_request")]
    [InlineData("request", "eyJ", "request_not_supported")]
    [InlineData("request_uri", "https://evil.example/r", "request_uri_not_supported")]
    [InlineData("registration", "{}", "registration_not_supported")]
    [InlineData("prompt", "create", "invalid_request")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("max_age", "soon", "invalid_request")]
    [InlineData("max_age", "99999999999", "invalid_request")]
    [InlineData("scope", "notes:delete", "invalid_scope")]
    [InlineData("scope", "notes:read files:read", "invalid_scope")]
    [InlineData("scope", "notes:\"read", "invalid_scope")]
    [InlineData("resource", null, "invalid_target")]
    [InlineData("resource", "https://keys.example.com/mcp/nothing", "invalid_target")]
    [InlineData("resource", "https://keys.example.com/mcp/notes#x", "invalid_target")]
    [InlineData("resource", "https://keys.example.com/mcp/notes?x", "invalid_target")]
    [InlineData("resource", "https://keys.example.com/mcp/notes//", "invalid_target")]
    [InlineData("resource", "https://keys.example.com/mcp/Notes", "invalid_target")]
    [InlineData("resource", "https://keys.example.com@evil.example/mcp/notes", "invalid_target")]
    [InlineData("resource", "/mcp/notes", "invalid_target")]
    [InlineData("resource", "notes", "invalid_target")]
    [InlineData("resource", "://", "invalid_target")]
    [InlineData("resource+", "https://keys.example.com/mcp/files", "invalid_target")]
    [InlineData("state+", "abc", "invalid_request")]
    [InlineData("scope+", "", "invalid_request")]
    [InlineData("code_challenge+", Challenge, "invalid_request")]
    public void A_request_that_asks_wrongly_is_refused_with_the_rfcs_error(string name, string? value, string error) =>
        AuthorizationRequestValidator.Validate(With((name, value)), App, Both).Error.ShouldNotBeNull().Code.ShouldBe(error);

    [Fact]
    public void An_unknown_parameter_is_ignored_but_not_twice()
    {
        AuthorizationRequestValidator.Validate(With(("nonce", "1")), App, Both).Failed.ShouldBeFalse();
        AuthorizationRequestValidator.Validate(With(("nonce", "1"), ("nonce+", "1")), App, Both).Error!.Code.ShouldBe("invalid_request");
    }

    [Theory]
    [InlineData("HTTPS://KEYS.EXAMPLE.COM/mcp/notes")]
    [InlineData("https://keys.example.com/mcp/notes/")]
    [InlineData("https://Keys.Example.com/mcp/notes/")]
    public void A_resource_in_the_spellings_the_specification_tolerates_means_the_canonical_one(string resource) =>
        AuthorizationRequestValidator.Validate(With(("resource", resource)), App, Both).Value!.Resource.ShouldBe(NotesUri);

    [Fact]
    public void Without_a_resource_the_only_one_is_meant() =>
        AuthorizationRequestValidator.Validate(With(("resource", null)), App, OnlyNotes).Value!.Resource.ShouldBe(NotesUri);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("offline_access")]
    public void Without_a_scope_of_the_resource_the_default_is_meant(string? scope) =>
        AuthorizationRequestValidator.Validate(With(("scope", scope)), App, Both).Value!.Scopes.ShouldBe(["notes:read"]);

    [Fact]
    public void A_registered_scope_caps_a_configured_client_only()
    {
        var wide = With(("scope", "notes:read notes:write offline_access"));
        AuthorizationRequestValidator.Validate(wide, App with { Scope = "notes:read" }, Both).Value!.Scopes.ShouldBe(["notes:read", "notes:write"]);

        var configured = App with { Source = ClientSource.Configured, Scope = "notes:read" };
        AuthorizationRequestValidator.Validate(wide, configured, Both).Error!.Code.ShouldBe("invalid_scope");
        AuthorizationRequestValidator.Validate(With(("scope", "notes:read offline_access")), configured, Both).Value!.Scopes.ShouldBe(["notes:read"]);
        AuthorizationRequestValidator.Validate(With(("scope", null)), configured with { Scope = "files:read" }, Both).Error!.Code.ShouldBe("invalid_scope");
    }

    [Fact]
    public void A_client_that_may_not_use_codes_is_refused()
    {
        AuthorizationRequestValidator.Validate(With(), App with { GrantTypes = ["client_credentials"] }, Both).Error!.Code.ShouldBe("unauthorized_client");
        AuthorizationRequestValidator.Validate(With(), App with { ResponseTypes = [] }, Both).Error!.Code.ShouldBe("unauthorized_client");
    }

    [Fact]
    public void A_state_that_is_unfit_to_be_echoed_is_refused_and_not_echoed()
    {
        string[] states = [new('x', 2049), "a\r\nLocation: https://evil.example", "\u00e9", "a\tb"];
        foreach (var state in states)
        {
            AuthorizationRequestValidator.FindTarget(With(("state", state)), App).Target!.State.ShouldBeNull();
            AuthorizationRequestValidator.Validate(With(("state", state)), App, Both).Error!.Code.ShouldBe("invalid_request");
        }

        AuthorizationRequestValidator.FindTarget(With(("state+", "second")), App).Target!.State.ShouldBeNull();
        AuthorizationRequestValidator.FindTarget(With(("state", new string('x', 2048))), App).Target!.State!.Length.ShouldBe(2048);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("none", "none")]
    [InlineData("consent login", "login consent")]
    [InlineData("select_account", "login")]
    [InlineData("consent", "consent")]
    public void Prompts_survive_being_stored(string? sent, string? stored)
    {
        var prompt = AuthorizationRequestValidator.Validate(With(("prompt", sent)), App, Both).Value!.Prompt;
        prompt.Format().ShouldBe(stored);
        Prompt.Parse(prompt.Format()).ShouldBe(prompt);
    }
}
