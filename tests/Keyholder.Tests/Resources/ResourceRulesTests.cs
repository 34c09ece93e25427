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
    public void Credentials_need_a_provider_that_exists_and_nothing_else_may_name_one()
    {
        ProblemsOf("r", Credentials).ShouldBe(["resources.r.provider"]);
        ProblemsOf("r", Credentials with { Provider = "nobody" }).ShouldBe(["resources.r.provider"]);
        ProblemsOf("r", Credentials with { Provider = "idp" }, ("idp", Oidc)).ShouldBeEmpty();
        ProblemsOf("r", Plain with { Provider = "idp" }, ("idp", Oidc)).ShouldBe(["resources.r.provider"]);
        ProblemsOf("r", Plain with { Providers = [new() { Provider = "idp" }] }, ("idp", Oidc)).ShouldBe(["resources.r.providers"]);
        ProblemsOf("r", Credentials with { Provider = "idp", Providers = [new() { Provider = "idp" }] }, ("idp", Oidc)).ShouldBe(["resources.r.provider"]);
        ProblemsOf("r", Plain with { Auth = null }).ShouldBe(["resources.r.auth"]);
    }

    [Fact]
    public void Several_providers_are_kept_in_order_and_the_single_one_is_a_list_of_one()
    {
        var several = Build("r", Using(new() { Provider = "idp" }, new() { Provider = "key", Required = false }, new() { Provider = "second", Header = "X-Second" }), out var none);
        none.ShouldBeEmpty();
        several.FindByName("r")!.Providers.Select(p => (p.Provider.Name, p.Required, p.Header))
            .ShouldBe([("idp", true, null), ("key", false, null), ("second", true, "X-Second")]);

        var single = Build("r", Credentials with { Provider = "idp" }, out _);
        single.FindByName("r")!.Providers.ShouldBe([new ResourceProvider(single.FindProvider("idp")!)]);
        Build("r", Using(new ResourceProviderDefinition { Provider = "idp", Header = "authorization" }), out _).FindByName("r")!.Providers[0].Header.ShouldBeNull();
    }

    [Fact]
    public void Two_providers_never_set_the_same_header()
    {
        Paths(Using(new() { Provider = "idp" }, new() { Provider = "second" })).ShouldBe(["resources.r.providers[1].header"]);
        Paths(Using(new() { Provider = "idp" }, new() { Provider = "second", Header = "AUTHORIZATION" })).ShouldBe(["resources.r.providers[1].header"]);
        Paths(Using(new() { Provider = "key" }, new() { Provider = "idp", Header = "X-Key" })).ShouldBe(["resources.r.providers[1].header"]);
        Paths(Using(new() { Provider = "key" }, new() { Provider = "idp" })).ShouldBeEmpty();
    }

    [Fact]
    public void An_entry_of_the_provider_list_has_to_name_one_provider_once_and_a_header_it_may_set()
    {
        Paths(Using(new ResourceProviderDefinition())).ShouldBe(["resources.r.providers[0].provider"]);
        Paths(Using(new() { Provider = "idp" }, new() { Provider = "nobody" })).ShouldBe(["resources.r.providers[1].provider"]);
        Paths(Using(new() { Provider = "idp" }, new() { Provider = "idp", Header = "X-Other" })).ShouldBe(["resources.r.providers[1].provider"]);
        Paths(Using(new ResourceProviderDefinition { Provider = "idp", Header = "Cookie" })).ShouldBe(["resources.r.providers[0].header"]);
        Paths(Using(new ResourceProviderDefinition { Provider = "idp", Header = "a b" })).ShouldBe(["resources.r.providers[0].header"]);
        Paths(Using(new ResourceProviderDefinition { Provider = "key", Header = "X-Other" })).ShouldBe(["resources.r.providers[0].header"]);
    }

    [Fact]
    public void A_headers_provider_declares_its_headers_in_canonical_form()
    {
        var provider = Build("r", Credentials with { Provider = "key" }, out _).FindProvider("key")!;

        provider.Headers.ShouldBe([new DeclaredHeader("x-key", "Key", Required: true, "Token "), new DeclaredHeader("x-tenant", "X-Tenant", Required: false, "")]);
        provider.Owner.ShouldBe(ProviderOwner.Session);
    }

    [Fact]
    public void A_headers_provider_needs_sound_headers_and_nothing_of_oauth()
    {
        ProviderProblems(WithDeclared()).ShouldBe(["providers.idp.headers"]);
        ProviderProblems(WithDeclared(("X-Key", new() { Required = false }))).ShouldBe(["providers.idp.headers"]);
        ProviderProblems(WithDeclared(("Cookie", new()))).ShouldBe(["providers.idp.headers.Cookie"]);
        ProviderProblems(WithDeclared(("X-Key", new()), ("x-key ", new()))).ShouldBe(["providers.idp.headers.x-key "]);
        ProviderProblems(WithDeclared(("X-Key", new() { Label = "a\nb" }))).ShouldBe(["providers.idp.headers.X-Key.label"]);
        ProviderProblems(WithDeclared(("X-Key", new() { Prefix = " Bearer" }))).ShouldBe(["providers.idp.headers.X-Key.prefix"]);
        ProviderProblems(WithDeclared(("X-Key", new() { Prefix = "a\r\nb" }))).ShouldBe(["providers.idp.headers.X-Key.prefix"]);
        ProviderProblems(WithDeclared(("Authorization", new() { Prefix = "Bearer " }))).ShouldBeEmpty();
        ProviderProblems(Oidc with { Headers = WithDeclared(("X-Key", new())).Headers }).ShouldBe(["providers.idp.headers"]);
        var oauth = Oidc with { Kind = ProviderKind.Headers, ClientSecret = "s", SignIn = true, Callback = ProviderCallback.Own, Scopes = ["a"], Headers = WithDeclared(("X-Key", new())).Headers };
        ProviderProblems(oauth).ShouldBe(
            ["providers.idp.issuer", "providers.idp.clientId", "providers.idp.clientSecret", "providers.idp.scopes", "providers.idp.callback", "providers.idp.signIn"]);
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

    private static ResourceDefinition Credentials { get; } = Plain with { Auth = ResourceAuthKind.Credentials };

    private static ResourceDefinition Using(params ResourceProviderDefinition[] providers) => Credentials with { Providers = providers };

    private static ProviderDefinition WithDeclared(params (string Name, DeclaredHeaderDefinition Header)[] headers) => new()
    {
        Kind = ProviderKind.Headers,
        Headers = new OrderedDictionary<string, DeclaredHeaderDefinition>(headers.Select(h => KeyValuePair.Create(h.Name, h.Header))),
    };

    private static List<string> Paths(ResourceDefinition resource)
    {
        Build("r", resource, out var problems);
        return problems;
    }

    private static ResourceSnapshot Build(string name, ResourceDefinition resource, out List<string> problems)
    {
        var key = WithDeclared((" X-Key", new() { Label = "Key", Prefix = "Token " }), ("X-Tenant", new() { Required = false })) with { Owner = ProviderOwner.Session };
        var found = new ConfigurationProblems();
        var snapshot = ResourceRules.Build(
            new Issuer("https://keys.example"),
            new Dictionary<string, ResourceDefinition> { [name] = resource },
            new Dictionary<string, ProviderDefinition> { ["idp"] = Oidc, ["second"] = Endpoints, ["key"] = key },
            found);
        problems = [.. found.All.Select(p => p.Path)];
        return snapshot;
    }

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
