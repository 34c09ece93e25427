using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Resources.Catalogue;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Resources.Catalogue;

public sealed class ProviderCatalogueTests
{
    private static readonly ProviderDefinition Registered = new() { ClientId = "kh", ClientSecret = "s3cret-s3cret-s3cret" };

    public static TheoryData<string> Names => [.. ProviderCatalogue.Names];

    [Fact]
    public void The_catalogue_knows_the_providers_it_promises() => ProviderCatalogue.Names.ShouldBe(
        ["atlassian", "figma", "github", "gitlab", "google", "linear", "microsoft", "notion", "sentry", "slack"]);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_client_id_and_secret_are_enough(string name)
    {
        var provider = Build(name, Registered);

        provider.ClientId.ShouldBe("kh");
        provider.DisplayName.ShouldNotBe(name);
        (provider.Issuer is not null || provider is { AuthorizationEndpoint: not null, TokenEndpoint: not null }).ShouldBeTrue();
        foreach (var uri in new[] { provider.AuthorizationEndpoint, provider.TokenEndpoint, provider.RefreshEndpoint, provider.RevocationEndpoint }.OfType<Uri>())
        {
            uri.Scheme.ShouldBe("https");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_documentation_names_every_endpoint_of_an_entry(string name)
    {
        var page = RepositoryFiles.Read("docs/configuration.md");
        var entry = ProviderCatalogue.Find(name)!;

        page.ShouldContain($"`{name}`");
        foreach (var url in new[] { entry.Issuer, entry.AuthorizationEndpoint, entry.TokenEndpoint, entry.RefreshEndpoint, entry.RevocationEndpoint, entry.Identity?.Url }.OfType<string>())
        {
            page.ShouldContain($"`{url}`");
        }
    }

    [Fact]
    public void Another_name_uses_an_entry_by_naming_it() =>
        Build("work", Registered with { Catalogue = "linear" }).TokenEndpoint.ShouldBe(new Uri("https://api.linear.app/oauth/token"));

    [Fact]
    public void What_is_written_wins()
    {
        var provider = Build("google", Registered with
        {
            DisplayName = "Mail",
            Scopes = ["openid"],
            ClientAuthMethod = "client_secret_post",
            AuthorizationParameters = new Dictionary<string, string> { ["prompt"] = "", ["hd"] = "example.org" },
            RevocationEndpoint = "https://revoke.example/",
        });

        provider.DisplayName.ShouldBe("Mail");
        provider.Scopes.ShouldBe(["openid"]);
        provider.ClientAuthMethod.ShouldBe("client_secret_post");
        provider.AuthorizationParameters.ShouldBe([new("access_type", "offline"), new("hd", "example.org")]);
        provider.RevocationEndpoint.ShouldBe(new Uri("https://revoke.example/"));
    }

    [Fact]
    public void No_scopes_can_be_written_too() => Build("github", Registered with { Scopes = [] }).Scopes.ShouldBeEmpty();

    [Fact]
    public void A_public_client_needs_no_authentication_method_of_the_entry() =>
        Build("linear", Registered with { ClientSecret = null }).ClientAuthMethod.ShouldBe("none");

    [Fact]
    public void An_unknown_entry_is_answered_with_the_known_ones()
    {
        var problem = ProblemsOf("idp", Registered with { Catalogue = "githup" })[0];

        problem.Path.ShouldBe("providers.idp.catalogue");
        problem.Message.ShouldContain("atlassian, figma, github, gitlab, google, linear, microsoft, notion, sentry, slack");
    }

    [Fact]
    public void An_entry_that_says_nothing_and_is_not_in_the_catalogue_is_told_of_it() =>
        ProblemsOf("githup", Registered).Single(p => p.Path == "providers.githup.kind").Message.ShouldContain("github");

    [Fact]
    public void A_token_of_another_installation_never_goes_to_a_host_of_the_catalogue()
    {
        var provider = Build("work", Registered with
        {
            Catalogue = "github",
            Kind = ProviderKind.OAuth2,
            AuthorizationEndpoint = "https://git.example.org/login/oauth/authorize",
            TokenEndpoint = "https://git.example.org/login/oauth/access_token",
        });

        provider.Scopes.ShouldBe(["read:user"]);
        provider.TokenResponse.DeadGrantErrors.ShouldContain("bad_refresh_token");
        provider.Identity.ShouldBe(IdentityMapping.None);
        provider.RevocationEndpoint.ShouldBeNull();
    }

    [Fact]
    public void An_entry_that_says_where_it_is_gets_nothing_unasked()
    {
        var provider = Build("github", Registered with { Kind = ProviderKind.OAuth2, Issuer = "https://git.example.org" });

        provider.AuthorizationEndpoint.ShouldBeNull();
        provider.Scopes.ShouldBeEmpty();
        provider.DisplayName.ShouldBe("github");
    }

    private static Provider Build(string name, ProviderDefinition definition)
    {
        var problems = new ConfigurationProblems();
        var snapshot = Build(name, definition, problems);
        problems.All.ShouldBeEmpty();
        return snapshot.FindProvider(name).ShouldNotBeNull();
    }

    private static IReadOnlyList<ConfigurationProblem> ProblemsOf(string name, ProviderDefinition definition)
    {
        var problems = new ConfigurationProblems();
        Build(name, definition, problems);
        return problems.All;
    }

    private static ResourceSnapshot Build(string name, ProviderDefinition definition, ConfigurationProblems problems) => ResourceRules.Build(
        new Issuer("https://keys.example"), new Dictionary<string, ResourceDefinition>(), new Dictionary<string, ProviderDefinition> { [name] = definition }, problems);
}
