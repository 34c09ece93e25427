using Keyholder.Resources;
using Keyholder.Upstream;
using Keyholder.Upstream.Discovery;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream.Discovery;

public sealed class ScopeStepUpTests : IAsyncLifetime
{
    private const string Challenge = """Bearer error="insufficient_scope", scope="write admin" """;
    private static readonly CredentialKey Person1 = new(new CredentialOwner(CredentialOwnerKind.User, "person1"), "remote");
    private readonly Resource _resource = Resource(RemoteServer.Provider());
    private RemoteServer _remote = null!;
    private CredentialVault _vault = null!;
    private ScopeStepUp _stepUp = null!;

    public async ValueTask InitializeAsync()
    {
        _remote = await RemoteServer.StartAsync();
        _vault = new CredentialVault(_remote.Storage.Credentials, _remote.Storage.CredentialRefreshes, _remote.Storage.Audit, _remote.Sealer, _remote.Time, NullLogger<CredentialVault>.Instance);
        _stepUp = new ScopeStepUp(_vault, _remote.Client);
    }

    public ValueTask DisposeAsync() => _remote.DisposeAsync();

    [Theory]
    [InlineData(Challenge, "write admin")]
    [InlineData("""Bearer error="insufficient_scope" """, null)]
    [InlineData("""Bearer error="invalid_token", scope="write" """, null)]
    [InlineData("""Bearer scope="write" """, null)]
    [InlineData("""Bearer error="insufficient_scope", scope="a\"b" """, null)]
    [InlineData("Basic realm=\"x\"", null)]
    public void Only_a_challenge_for_scopes_asks_for_scopes(string challenge, string? scopes) =>
        (ScopeStepUp.Missing(_resource, [challenge]) is { } missing ? string.Join(' ', missing) : null).ShouldBe(scopes);

    [Fact]
    public void What_the_operator_said_to_ask_for_is_never_widened()
    {
        ScopeStepUp.Missing(Resource(RemoteServer.Provider(new() { Scopes = ["read"] })), [Challenge]).ShouldBeNull();
        ScopeStepUp.Missing(Resource(Providers.Configured()), [Challenge]).ShouldBeNull();
    }

    [Fact]
    public async Task The_next_connection_asks_for_what_was_found_and_for_what_was_missing()
    {
        await ConnectAsync();

        var widened = await BeginAsync(1, "write");

        widened!.Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        widened.Lacking.ShouldHaveSingleItem().Name.ShouldBe("remote");
        var row = (await _remote.Storage.Credentials.FindAsync(Person1, default))!;
        (row.Status, row.StatusReason).ShouldBe((CredentialStatus.NeedsReauth, "insufficient_scope"));
        (await _remote.Client.Providers.ResolveFreshAsync(_resource.Providers[0].Provider, default)).Provider!.Scopes.ShouldBe(["read", "write"]);
    }

    [Fact]
    public async Task An_upstream_that_is_never_content_costs_one_connection_an_hour_and_not_an_endless_circle()
    {
        await ConnectAsync();
        (await BeginAsync(1, "write")).ShouldNotBeNull();
        await ConnectAsync();

        (await BeginAsync(2, "write")).ShouldBeNull();
        (await _remote.Storage.Credentials.FindAsync(Person1, default))!.Status.ShouldBe(CredentialStatus.Active);

        (await BeginAsync(2, "write admin")).ShouldNotBeNull();
        await ConnectAsync();
        _remote.Time.Advance(WantedScopes.Pause);
        (await BeginAsync(3, "write")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_credential_that_was_connected_meanwhile_is_not_marked()
    {
        await ConnectAsync();
        await ConnectAsync();

        (await BeginAsync(1, "write")).ShouldBeNull();
        (await _remote.Storage.Credentials.FindAsync(Person1, default))!.Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task What_everybody_shares_is_not_taken_from_everybody_because_one_caller_lacked_a_scope()
    {
        var shared = new CredentialKey(CredentialOwner.SharedBy(_resource.Providers[0].Provider), "remote");
        await ConnectAsync(shared);

        (await BeginAsync(1, "write", shared)).ShouldBeNull();

        (await _remote.Storage.Credentials.FindAsync(shared, default))!.Status.ShouldBe(CredentialStatus.Active);
        _remote.Client.Providers.Wanted.Of("remote").ShouldBeEmpty();
    }

    [Fact]
    public void An_upstream_cannot_fill_the_memory_with_scopes()
    {
        var wanted = new WantedScopes(_remote.Time);
        for (var i = 0; i < 1000; i++)
        {
            wanted.Add(Person1, [$"s{i}"]);
            wanted.Of("remote").Count.ShouldBeLessThanOrEqualTo(100);
        }
    }

    private static Resource Resource(Provider provider) => UpstreamAuthorizerTests.Resource with { Providers = [new ResourceProvider(provider)] };

    private Task ConnectAsync(CredentialKey? key = null) => _vault.StoreAsync(key ?? Person1, new TokenSet { AccessToken = "at", TokenType = "Bearer" }, null, null, default);

    private Task<UpstreamAuthorization?> BeginAsync(long version, string scopes, CredentialKey? key = null) => _stepUp.BeginAsync(
        _resource,
        new UpstreamAuthorization { Outcome = UpstreamAuthorizationOutcome.Available, Used = [new CredentialUse(key ?? Person1, version)] },
        scopes.Split(' '),
        default);
}
