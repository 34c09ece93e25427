using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Tests.Resources;

public sealed class TokenExchangeRulesTests
{
    private static readonly ProviderDefinition Confidential = new() { Kind = ProviderKind.Oidc, Issuer = "https://idp.example", ClientId = "kh", ClientSecret = "s" };
    private static readonly ExchangeDefinition Exchange = new() { Provider = "idp", Audience = "https://orders.example", Scopes = ["orders.read"] };
    private static readonly ResourceDefinition Orders = new() { Upstream = "https://orders.example/mcp", Auth = ResourceAuthKind.TokenExchange, Exchange = Exchange };

    [Fact]
    public void An_exchange_is_as_it_is_written()
    {
        var (snapshot, problems) = Build(Orders);

        problems.ShouldBeEmpty();
        var resource = snapshot.FindByName("orders")!;
        resource.Providers.ShouldBeEmpty();
        resource.Exchange!.Provider.ShouldBeSameAs(snapshot.FindProvider("idp"));
        resource.Exchange.Audience.ShouldBe("https://orders.example");
        resource.Exchange.Scopes.ShouldBe(["orders.read"]);
    }

    [Fact]
    public void What_could_not_work_or_would_not_be_safe_is_refused()
    {
        Build(Orders with { Exchange = null }).Problems.ShouldBe(["resources.orders.exchange"]);
        Build(Orders with { Auth = ResourceAuthKind.None }).Problems.ShouldBe(["resources.orders.exchange"]);
        Build(Orders with { Exchange = Exchange with { Provider = null } }).Problems.ShouldBe(["resources.orders.exchange.provider"]);
        Build(Orders with { Exchange = Exchange with { Provider = "nobody" } }).Problems.ShouldBe(["resources.orders.exchange.provider"]);
        Build(Orders with { Exchange = Exchange with { Audience = "a b" } }).Problems.ShouldBe(["resources.orders.exchange.audience"]);
        Build(Orders with { Exchange = Exchange with { Scopes = ["a b"] } }).Problems.ShouldBe(["resources.orders.exchange.scopes[0]"]);
        Build(Orders with { Provider = "idp" }).Problems.ShouldBe(["resources.orders.provider"]);
        Build(Orders, Confidential with { ClientSecret = null }).Problems.ShouldBe(["resources.orders.exchange.provider"]);
    }

    private static (ResourceSnapshot Snapshot, List<string> Problems) Build(ResourceDefinition resource, ProviderDefinition? provider = null)
    {
        var problems = new ConfigurationProblems();
        var snapshot = ResourceRules.Build(
            new Issuer("https://keys.example"),
            new Dictionary<string, ResourceDefinition> { ["orders"] = resource },
            new Dictionary<string, ProviderDefinition> { ["idp"] = provider ?? Confidential },
            problems);
        return (snapshot, [.. problems.All.Select(p => p.Path)]);
    }
}
