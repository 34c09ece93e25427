using Keyholder.Resources;
using Keyholder.Upstream;
using Keyholder.Upstream.Revocation;
using Keyholder.Vault;
using RefreshPolicy = Keyholder.Upstream.RefreshPolicy;

namespace Keyholder.Tests.Upstream;

/// <summary>Which authorization server and which client a token set is from, also of providers that have no issuer.</summary>
public sealed class IssuedTokensTests : AuthorizerFixture
{
    private const string A = "https://a.example";
    private const string B = "https://b.example";
    private static readonly Uri Moved = new("https://elsewhere.example/login/oauth/access_token");

    [Theory]
    [InlineData(A, A + "/token", A, A + "/token", true)]
    [InlineData(A, A + "/token", A, B + "/token", true)]
    [InlineData(A, A + "/token", B, A + "/token", false)]
    [InlineData(A, null, A, B + "/token", true)]
    [InlineData(A, null, B, A + "/token", false)]
    [InlineData(null, A + "/token", null, A + "/token", true)]
    [InlineData(null, A + "/token", null, A + "/v2/token", true)]
    [InlineData(null, A + "/token", null, A + ":443/token", true)]
    [InlineData(null, A + "/token", null, A + ":8443/token", false)]
    [InlineData(null, A + "/token", null, "http://a.example/token", false)]
    [InlineData(null, A + "/token", null, "https://a.example.evil.example/token", false)]
    [InlineData(null, A + "/token", null, B + "/token", false)]
    [InlineData(null, A + "/token", A, A + "/token", true)]
    [InlineData(null, A + "/token", A, B + "/token", false)]
    [InlineData(A, A + "/token", null, A + "/token", true)]
    [InlineData(A, A + "/token", null, B + "/token", false)]
    [InlineData(A, null, null, A + "/token", false)]
    [InlineData(null, null, null, B + "/token", true)]
    public void A_token_set_is_from_its_issuer_or_where_one_of_two_has_none_from_the_origin_of_its_token_endpoint(
        string? issuer, string? endpoint, string? issuerNow, string endpointNow, bool same)
    {
        var tokens = Tokens("1", null) with { Issuer = issuer, TokenEndpoint = endpoint is null ? null : new Uri(endpoint) };
        var metadata = new ProviderMetadata { Issuer = issuerNow, AuthorizationEndpoint = new Uri(A + "/authorize"), TokenEndpoint = new Uri(endpointNow) };

        RefreshPolicy.IsIssuedTo(tokens, Providers.Configured(), metadata).ShouldBe(same);
    }

    [Theory]
    [InlineData("before", "before", true)]
    [InlineData("before", "after", false)]
    [InlineData(null, "after", true)]
    public void What_was_given_to_one_client_is_nobody_elses(string? clientId, string clientIdNow, bool same)
    {
        var metadata = new ProviderMetadata { AuthorizationEndpoint = new Uri(A + "/authorize"), TokenEndpoint = new Uri(A + "/token") };

        RefreshPolicy.IsIssuedTo(Tokens("1", null) with { ClientId = clientId }, Providers.Configured() with { ClientId = clientIdNow }, metadata).ShouldBe(same);
    }

    [Fact]
    public async Task A_refresh_token_of_a_provider_without_an_issuer_is_never_shown_to_another_host()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));
        Bearer(await AuthorizeAsync()).ShouldBe("access-2");
        (await Vault.FindAsync(Person3, default)).Tokens!.TokenEndpoint.ShouldBe(Providers.Configured().TokenEndpoint);
        Time.Advance(TimeSpan.FromMinutes(11));

        (await AuthorizeAsync(Resource with { Providers = [new(Providers.Configured() with { TokenEndpoint = Moved })] })).Outcome
            .ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        Fake.TokenRequests.ShouldHaveSingleItem().Uri.ShouldBe(Providers.Configured().TokenEndpoint);
        (Store[Person3].Status, Store[Person3].StatusReason).ShouldBe((CredentialStatus.NeedsReauth, "upstream_client_changed"));
    }

    [Fact]
    public async Task A_refresh_endpoint_of_its_own_does_not_make_another_server_of_a_provider()
    {
        var provider = Providers.Configured() with { RefreshEndpoint = new Uri("https://refresh.github.example/token") };
        var resource = Resource with { Providers = [new ResourceProvider(provider)] };
        await StoreAsync(TimeSpan.FromMinutes(10));
        foreach (var expected in new[] { "access-2", "access-3" })
        {
            Time.Advance(TimeSpan.FromMinutes(11));
            Bearer(await AuthorizeAsync(resource)).ShouldBe(expected);
        }

        Fake.TokenRequests.ShouldAllBe(r => r.Uri == provider.RefreshEndpoint);
        (await Vault.FindAsync(Person3, default)).Tokens!.TokenEndpoint.ShouldBe(provider.TokenEndpoint);
    }

    [Fact]
    public async Task Tokens_of_a_provider_without_an_issuer_are_revoked_at_no_other_host()
    {
        var tokens = Tokens("1", TimeSpan.FromMinutes(10)) with { ClientId = "keyholder", TokenEndpoint = Providers.Configured().TokenEndpoint };
        var moved = Providers.Configured() with { TokenEndpoint = Moved, RevocationEndpoint = new Uri("https://elsewhere.example/revoke") };

        var step = await Fake.Client.Revocations.RevokeAsync(moved, tokens, default);

        (step.Status, step.Reason).ShouldBe((UpstreamRevocationStatus.Failed, UpstreamRevocationReasons.ClientChanged));
        Fake.TokenRequests.ShouldBeEmpty();
    }
}
