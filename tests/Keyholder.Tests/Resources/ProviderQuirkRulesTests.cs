using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Tests.Resources;

public sealed class ProviderQuirkRulesTests
{
    private static readonly ProviderDefinition Plain = new()
    {
        Kind = ProviderKind.OAuth2,
        AuthorizationEndpoint = "https://idp.example/authorize",
        TokenEndpoint = "https://idp.example/token",
        ClientId = "kh",
    };

    [Fact]
    public void Sensible_quirks_are_fine() => ProblemsOf(Plain with
    {
        ScopeParameter = "user_scope",
        ScopeSeparator = ScopeSeparator.Comma,
        Scopes = ["a:b", "c"],
        RefreshEndpoint = "https://idp.example/refresh",
        RevocationEndpoint = "https://idp.example/revoke",
        TokenResponse = new() { Within = ["data.user", ""], TokenTypes = ["user"] },
        Identity = new() { From = IdentitySource.UserInfo, Url = "https://api.idp.example/me", Subject = ["team.id", "id"] },
    }).ShouldBeEmpty();

    [Theory]
    [InlineData("state")]
    [InlineData("redirect_uri")]
    [InlineData("code_challenge")]
    [InlineData("")]
    [InlineData("user scope")]
    public void Scopes_cannot_go_into_a_parameter_of_the_protocols(string parameter) =>
        ProblemsOf(Plain with { ScopeParameter = parameter }).ShouldBe(["scopeParameter"]);

    [Fact]
    public void The_parameter_of_the_scopes_is_not_an_extra_one() =>
        ProblemsOf(Plain with { ScopeParameter = "user_scope", AuthorizationParameters = new Dictionary<string, string> { ["user_scope"] = "admin" } })
            .ShouldBe(["authorizationParameters.user_scope"]);

    [Fact]
    public void A_scope_cannot_hold_what_separates_scopes() =>
        ProblemsOf(Plain with { ScopeSeparator = ScopeSeparator.Comma, Scopes = ["read,admin"] }).ShouldBe(["scopes"]);

    [Theory]
    [InlineData("http://idp.example/x")]
    [InlineData("/x")]
    [InlineData("https://u:p@idp.example/x")]
    public void No_endpoint_may_be_unsafe(string url)
    {
        ProblemsOf(Plain with { RefreshEndpoint = url }).ShouldBe(["refreshEndpoint"]);
        ProblemsOf(Plain with { RevocationEndpoint = url }).ShouldBe(["revocationEndpoint"]);
        ProblemsOf(Plain with { Identity = new() { From = IdentitySource.UserInfo, Url = url } }).ShouldBe(["identity.url"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a.")]
    [InlineData("a\nb")]
    public void A_path_names_members(string path)
    {
        ProblemsOf(Plain with { TokenResponse = new() { AccessToken = path } }).ShouldBe(["tokenResponse.accessToken"]);
        ProblemsOf(Plain with { TokenResponse = new() { TokenType = path } }).ShouldBe(["tokenResponse.tokenType"]);
        ProblemsOf(Plain with { Identity = new() { From = IdentitySource.TokenResponse, Subject = ["id", path] } }).ShouldBe(["identity.subject"]);
        ProblemsOf(Plain with { Identity = new() { From = IdentitySource.TokenResponse, Name = [path] } }).ShouldBe(["identity.name"]);
    }

    [Fact]
    public void What_could_never_work_is_refused()
    {
        ProblemsOf(Plain with { TokenResponse = new() { TokenTypes = [] } }).ShouldBe(["tokenResponse.tokenTypes"]);
        ProblemsOf(Plain with { TokenResponse = new() { Within = [] } }).ShouldBe(["tokenResponse.within"]);
        ProblemsOf(Plain with { TokenResponse = new() { Within = ["a..b"] } }).ShouldBe(["tokenResponse.within"]);
        ProblemsOf(Plain with { Identity = new() { From = IdentitySource.UserInfo } }).ShouldBe(["identity.url"]);
        ProblemsOf(Plain with { Identity = new() { From = IdentitySource.IdToken, Url = "https://idp.example/me" } }).ShouldBe(["identity.url"]);
        ProblemsOf(Plain with { Identity = new() { From = IdentitySource.IdToken, Subject = [] } }).ShouldBe(["identity.subject"]);
    }

    [Fact]
    public void An_OpenID_Connect_provider_is_believed_by_its_ID_token_alone() =>
        ProblemsOf(new() { Kind = ProviderKind.Oidc, Issuer = "https://idp.example", ClientId = "kh", Identity = IdentityMapping.None }).ShouldBe(["identity.from"]);

    private static List<string> ProblemsOf(ProviderDefinition provider)
    {
        var problems = new ConfigurationProblems();
        ResourceRules.Build(
            new Issuer("https://keys.example"),
            new Dictionary<string, ResourceDefinition>(),
            new Dictionary<string, ProviderDefinition> { ["idp"] = provider },
            problems);
        return [.. problems.All.Select(p => p.Path["providers.idp.".Length..])];
    }
}
