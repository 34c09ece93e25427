using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Tests.Resources;

public sealed class DiscoveryRulesTests
{
    private static readonly ResourceDefinition Remote = new() { Upstream = "https://mcp.remote.example/mcp", Auth = ResourceAuthKind.Discovered };

    [Fact]
    public void A_URL_is_enough()
    {
        var (snapshot, problems) = Build(Remote);

        problems.ShouldBeEmpty();
        var resource = snapshot.FindByName("remote")!;
        resource.Auth.ShouldBe(ResourceAuthKind.Credentials);
        var provider = resource.Providers.ShouldHaveSingleItem().Provider;
        provider.ShouldBeSameAs(snapshot.FindProvider("remote"));
        provider.Discovery!.Upstream.ShouldBe(new Uri("https://mcp.remote.example/mcp"));
        provider.Discovery.AllowPrivateAddresses.ShouldBeFalse();
        provider.ClientId.ShouldBe("");
        provider.Issuer.ShouldBeNull();
    }

    [Fact]
    public void What_is_known_can_be_written()
    {
        var (snapshot, problems) = Build(Remote with
        {
            Discovery = new() { Owner = ProviderOwner.Shared, Issuer = "https://as.example", ClientId = "c", ClientSecret = "s", ClientAuthMethod = "client_secret_post", Scopes = ["a"] },
        });

        problems.ShouldBeEmpty();
        var provider = snapshot.FindProvider("remote")!;
        provider.Owner.ShouldBe(ProviderOwner.Shared);
        provider.ClientAuthMethod.ShouldBe("client_secret_post");
        provider.Discovery!.Issuer.ShouldBe("https://as.example");
    }

    [Fact]
    public void A_secret_belongs_to_one_authorization_server() =>
        Problems(new() { ClientId = "c", ClientSecret = "s" }).ShouldBe(["resources.remote.discovery.issuer"]);

    [Fact]
    public void Contradictions_are_refused()
    {
        Problems(new() { Issuer = "https://as.example", ClientSecret = "s" }).ShouldBe(["resources.remote.discovery.clientId"]);
        Problems(new() { ClientId = "c", ClientAuthMethod = "client_secret_basic" }).ShouldBe(["resources.remote.discovery.clientAuthMethod"]);
        Problems(new() { Issuer = "http://as.example" }).ShouldBe(["resources.remote.discovery.issuer"]);
        Problems(new() { Scopes = ["a b"] }).ShouldBe(["resources.remote.discovery.scopes[0]"]);
    }

    [Theory]
    [InlineData(null, null, null, ProviderCallback.Own)]
    [InlineData("https://as.example", null, null, ProviderCallback.Own)]
    [InlineData(null, "c", null, ProviderCallback.Own)]
    [InlineData("https://as.example", "c", null, ProviderCallback.Shared)]
    [InlineData("https://as.example", "c", ProviderCallback.Shared, ProviderCallback.Shared)]
    [InlineData("https://as.example", "c", ProviderCallback.Own, ProviderCallback.Own)]
    [InlineData(null, null, ProviderCallback.Own, ProviderCallback.Own)]
    public void Only_a_client_registered_by_hand_at_one_server_shares_a_redirect_URI(string? issuer, string? clientId, ProviderCallback? written, ProviderCallback callback) =>
        Build(Remote with { Discovery = new() { Issuer = issuer, ClientId = clientId, Callback = written } }).Snapshot.FindProvider("remote")!.Callback.ShouldBe(callback);

    [Theory]
    [InlineData(null, null)]
    [InlineData("https://as.example", null)]
    [InlineData(null, "c")]
    public void A_server_nobody_vouches_for_never_shares_a_redirect_URI(string? issuer, string? clientId) =>
        Problems(new() { Issuer = issuer, ClientId = clientId, Callback = ProviderCallback.Shared }).ShouldBe(["resources.remote.discovery.callback"]);

    [Fact]
    public void Providers_and_discovery_do_not_go_together()
    {
        Build(Remote with { Provider = "idp" }).Problems.ShouldBe(["resources.remote.provider"]);
        Build(Remote with { Auth = ResourceAuthKind.None, Discovery = new() }).Problems.ShouldBe(["resources.remote.discovery"]);
        Build(Remote, "remote").Problems.ShouldBe(["resources.remote"]);
    }

    private static List<string> Problems(DiscoveryDefinition discovery) => Build(Remote with { Discovery = discovery }).Problems;

    private static (ResourceSnapshot Snapshot, List<string> Problems) Build(ResourceDefinition resource, string provider = "idp")
    {
        var problems = new ConfigurationProblems();
        var snapshot = ResourceRules.Build(
            new Issuer("https://keys.example"),
            new Dictionary<string, ResourceDefinition> { ["remote"] = resource },
            new Dictionary<string, ProviderDefinition> { [provider] = new() { Kind = ProviderKind.Oidc, Issuer = "https://idp.example", ClientId = "kh" } },
            problems);
        return (snapshot, [.. problems.All.Select(p => p.Path)]);
    }
}
