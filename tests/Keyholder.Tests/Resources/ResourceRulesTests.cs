using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Tests.Resources;

public sealed class ResourceRulesTests
{
    private static readonly ResourceDefinition Plain = new() { Upstream = "https://up.example/mcp", Auth = ResourceAuthKind.None };
    private static readonly ProviderDefinition Oidc = new() { Kind = ProviderKind.Oidc, Issuer = "https://idp.example", ClientId = "kh" };
    private static readonly ProviderDefinition Endpoints = new()
    {
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://idp.example/authorize",
        TokenEndpoint = "https://idp.example/token",
        ClientId = "kh",
    };

    [Theory]
    [InlineData("a")]
    [InlineData("a-1")]
    [InlineData("0")]
    public void A_short_lower_case_name_is_fine(string name) => ProblemsOf(name, Plain).ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a/b")]
    [InlineData("a.b")]
    [InlineData("..")]
    [InlineData("ä")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public void Any_other_name_is_refused(string name) => ProblemsOf(name, Plain).ShouldBe(["resources." + name]);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/mcp")]
    [InlineData("ftp://up.example")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:pass@up.example")]
    [InlineData("https://up.example/#f")]
    [InlineData("https://up.example/a b")]
    [InlineData("http://up.example")]
    [InlineData("https://keys.example/mcp/other")]
    public void An_upstream_has_to_be_a_safe_absolute_url_elsewhere(string? upstream) =>
        ProblemsOf("r", Plain with { Upstream = upstream }).ShouldBe(["resources.r.upstream"]);

    [Fact]
    public void Plain_http_is_fine_on_this_machine_and_by_explicit_switch()
    {
        ProblemsOf("r", Plain with { Upstream = "http://localhost:3000/mcp" }).ShouldBeEmpty();
        ProblemsOf("r", Plain with { Upstream = "http://[::1]:3000/mcp" }).ShouldBeEmpty();
        ProblemsOf("r", Plain with { Upstream = "http://up.internal/mcp", AllowInsecureUpstream = true }).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Host", "x")]
    [InlineData("cookie", "x")]
    [InlineData("Content-Length", "x")]
    [InlineData("transfer-encoding", "x")]
    [InlineData("Connection", "x")]
    [InlineData("X-Forwarded-For", "x")]
    [InlineData("Mcp-Session-Id", "x")]
    [InlineData("bad name", "x")]
    [InlineData("bad:", "x")]
    [InlineData("", "x")]
    [InlineData("X-Key", "")]
    [InlineData("X-Key", " x")]
    [InlineData("X-Key", "x ")]
    [InlineData("X-Key", "a\r\nb")]
    [InlineData("X-Key", "a\tb")]
    [InlineData("X-Key", "ä")]
    public void A_header_that_could_break_or_bend_a_message_is_refused(string name, string value) =>
        ProblemsOf("r", WithHeaders((name, value))).ShouldBe(["resources.r.headers." + name]);

    [Fact]
    public void Authorization_and_other_headers_are_fine_but_not_twice()
    {
        ProblemsOf("r", WithHeaders(("Authorization", "Bearer x"), ("X-Key", "a b"))).ShouldBeEmpty();
        ProblemsOf("r", WithHeaders(("X-Key", "a"), ("x-key", "b"))).ShouldBe(["resources.r.headers.x-key"]);
        ProblemsOf("r", WithHeaders()).ShouldBe(["resources.r.headers"]);
        ProblemsOf("r", WithHeaders(("X-Key", "a")) with { Auth = ResourceAuthKind.None }).ShouldBe(["resources.r.headers"]);
    }

    [Fact]
    public void Per_user_oauth_needs_a_provider_that_exists_and_nothing_else_may_name_one()
    {
        ProblemsOf("r", Plain with { Auth = ResourceAuthKind.UserOAuth }).ShouldBe(["resources.r.provider"]);
        ProblemsOf("r", Plain with { Auth = ResourceAuthKind.UserOAuth, Provider = "nobody" }).ShouldBe(["resources.r.provider"]);
        ProblemsOf("r", Plain with { Auth = ResourceAuthKind.UserOAuth, Provider = "idp" }, ("idp", Oidc)).ShouldBeEmpty();
        ProblemsOf("r", Plain with { Provider = "idp" }, ("idp", Oidc)).ShouldBe(["resources.r.provider"]);
        ProblemsOf("r", Plain with { Auth = null }).ShouldBe(["resources.r.auth"]);
    }

    [Fact]
    public void Scopes_are_scope_tokens_without_those_the_protocol_owns()
    {
        ProblemsOf("r", Plain with { Scopes = new Dictionary<string, string> { ["a b"] = "A" } }).ShouldBe(["resources.r.scopes.a b"]);
        ProblemsOf("r", Plain with { Scopes = new Dictionary<string, string> { ["offline_access"] = "A" } }).ShouldBe(["resources.r.scopes.offline_access"]);
        ProblemsOf("r", Plain with { Scopes = new Dictionary<string, string> { ["a"] = " " } }).ShouldBe(["resources.r.scopes.a"]);
        ProblemsOf("r", Plain with { DefaultScopes = ["other"] }).ShouldContain("resources.r.defaultScopes");
        ProblemsOf("r", Plain with { Scopes = new Dictionary<string, string> { ["a"] = "A", ["b"] = "B" }, DefaultScopes = ["a"], RequiredScopes = ["b"] })
            .ShouldBe(["resources.r.requiredScopes"]);
    }

    [Fact]
    public void Sound_providers_are_taken_as_they_are()
    {
        ProviderProblems(Oidc).ShouldBeEmpty();
        ProviderProblems(Endpoints).ShouldBeEmpty();
        ProviderProblems(Endpoints with { ClientSecret = "s", ClientAuthMethod = "client_secret_post" }).ShouldBeEmpty();
        ProviderProblems(Oidc with { Issuer = "http://localhost:9999" }).ShouldBeEmpty();
    }

    [Fact]
    public void A_provider_has_to_be_complete_and_consistent()
    {
        ProviderProblems(Oidc with { Kind = null }).ShouldBe(["providers.idp.kind"]);
        ProviderProblems(Oidc with { Issuer = null }).ShouldBe(["providers.idp.issuer"]);
        ProviderProblems(Oidc with { Issuer = "http://idp.example" }).ShouldBe(["providers.idp.issuer"]);
        ProviderProblems(Oidc with { Issuer = "https://idp.example?tenant=1" }).ShouldBe(["providers.idp.issuer"]);
        ProviderProblems(Oidc with { ClientId = null }).ShouldBe(["providers.idp.clientId"]);
        ProviderProblems(Oidc with { ClientSecret = "" }).ShouldBe(["providers.idp.clientSecret"]);
        ProviderProblems(Oidc with { ClientAuthMethod = "private_key_jwt" }).ShouldBe(["providers.idp.clientAuthMethod"]);
        ProviderProblems(Oidc with { ClientAuthMethod = "client_secret_basic" }).ShouldBe(["providers.idp.clientAuthMethod"]);
        ProviderProblems(Oidc with { ClientSecret = "s", ClientAuthMethod = "none" }).ShouldBe(["providers.idp.clientAuthMethod"]);
        ProviderProblems(Oidc with { Scopes = ["ok", "not ok"] }).ShouldBe(["providers.idp.scopes[1]"]);
        ProviderProblems(Oidc with { ResourceParameter = "relative" }).ShouldBe(["providers.idp.resourceParameter"]);
        ProviderProblems(Oidc with { TokenEndpoint = "https://idp.example/token" }).ShouldBe(["providers.idp.tokenEndpoint"]);
        ProviderProblems(Endpoints with { TokenEndpoint = null }).ShouldBe(["providers.idp.tokenEndpoint"]);
        ProviderProblems(Endpoints with { TokenEndpoint = "http://idp.example/token" }).ShouldBe(["providers.idp.tokenEndpoint"]);
        ProviderProblems(Endpoints with { SignIn = true }).ShouldBe(["providers.idp.signIn"]);
    }

    [Theory]
    [InlineData("redirect_uri")]
    [InlineData("STATE")]
    [InlineData("code_challenge_method")]
    [InlineData("resource")]
    [InlineData("request_uri")]
    public void Authorization_parameters_the_protocol_sets_are_refused(string name) =>
        ProviderProblems(Oidc with { AuthorizationParameters = new Dictionary<string, string> { [name] = "x" } })
            .ShouldBe(["providers.idp.authorizationParameters." + name]);

    private static ResourceDefinition WithHeaders(params (string Name, string Value)[] headers) =>
        Plain with { Auth = ResourceAuthKind.StaticHeaders, Headers = headers.ToDictionary(h => h.Name, h => h.Value) };

    private static List<string> ProviderProblems(ProviderDefinition provider) => ProblemsOf("r", Plain, ("idp", provider));

    private static List<string> ProblemsOf(string name, ResourceDefinition resource, params (string Name, ProviderDefinition Definition)[] providers)
    {
        var problems = new ConfigurationProblems();
        ResourceRules.Build(
            new Issuer("https://keys.example"),
            new Dictionary<string, ResourceDefinition> { [name] = resource },
            providers.ToDictionary(p => p.Name, p => p.Definition),
            problems);
        return [.. problems.All.Select(p => p.Path)];
    }
}
