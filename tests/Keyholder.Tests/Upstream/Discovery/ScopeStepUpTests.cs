using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Upstream;
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
        _stepUp = new ScopeStepUp(_vault, _remote.Storage.CredentialRefusals, _remote.Time);
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
        var row = await RowAsync();
        row.Status.ShouldBe(CredentialStatus.Active, "it goes on serving what it was granted");
        row.DemandOf(_resource.Name)!.Scopes.ShouldBe(["write"]);
        (await _vault.NeedsConnectionAsync(Person1, _resource.Name, default)).ShouldBeTrue();
        (await _vault.NeedsConnectionAsync(Person1, "other", default)).ShouldBeFalse();
        (await AskedAsync(_remote.Client)).ShouldBe(["read", "write"]);
        (await AskedAsync(_remote.NewNode())).ShouldBe(["read", "write"], "whatever node the person comes to");
        (await AuditedAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Until_somebody_connects_every_such_call_leads_there_and_nothing_is_written_again()
    {
        await ConnectAsync();
        for (var call = 0; call < 3; call++)
        {
            (await BeginAsync(1, "write")).ShouldNotBeNull();
        }

        (await AuditedAsync()).ShouldBe(1);
        (await BeginAsync(1, "write admin")).ShouldNotBeNull();
        (await RowAsync()).DemandOf(_resource.Name)!.Scopes.ShouldBe(["write", "admin"]);
        (await AuditedAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_does_not_want_to_grant_more_is_not_sent_there_forever()
    {
        await ConnectAsync();
        await BeginAsync(1, "write");

        _remote.Time.Advance(ScopeDemand.Pause);

        (await _vault.NeedsConnectionAsync(Person1, _resource.Name, default)).ShouldBeFalse();
        (await AskedAsync(_remote.Client)).ShouldBe(["read"], "the provider may not know it");
        (await BeginAsync(1, "write")).ShouldNotBeNull();
        (await _vault.NeedsConnectionAsync(Person1, _resource.Name, default)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_upstream_that_is_never_content_costs_one_connection_an_hour_and_not_an_endless_circle()
    {
        await ConnectAsync();
        (await BeginAsync(1, "write")).ShouldNotBeNull();
        await ConnectAsync();

        (await BeginAsync(2, "write")).ShouldBeNull();
        (await _vault.NeedsConnectionAsync(Person1, _resource.Name, default)).ShouldBeFalse();

        (await BeginAsync(2, "write admin")).ShouldNotBeNull();
        await ConnectAsync();
        _remote.Time.Advance(ScopeDemand.Pause);
        (await BeginAsync(3, "write")).ShouldNotBeNull();
        (await AskedAsync(_remote.NewNode())).ShouldBe(["read", "write", "admin"], "what was granted before is asked for again");
    }

    [Fact]
    public async Task What_nobody_was_asked_for_any_more_counts_not_as_granted_and_the_next_call_leads_to_a_connection_again()
    {
        await ConnectAsync();
        (await BeginAsync(1, "unheard-of")).ShouldNotBeNull();
        _remote.Time.Advance(ScopeDemand.Pause);

        await ConnectAsync();

        (await AskedAsync(_remote.NewNode())).ShouldBe(["read"], "else no connection would ever succeed where the provider does not know it");
        (await RowAsync()).ScopeDemands.ShouldBeEmpty();
        (await BeginAsync(2, "unheard-of")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Nothing_is_wanted_of_a_credential_that_was_connected_meanwhile()
    {
        await ConnectAsync();
        await ConnectAsync();

        (await BeginAsync(1, "write")).ShouldBeNull();
        (await RowAsync()).ScopeDemands.ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_calls_at_once_that_lack_different_scopes_are_both_remembered()
    {
        await ConnectAsync();

        var begun = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Task.Run(() => BeginAsync(1, "s" + i))));

        begun.ShouldAllBe(widened => widened != null);
        (await RowAsync()).DemandOf(_resource.Name)!.Scopes.ShouldBe(["s0", "s1", "s2"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_everybody_shares_is_not_taken_from_everybody_because_one_caller_lacked_a_scope()
    {
        var shared = new CredentialKey(CredentialOwner.SharedBy(_resource.Providers[0].Provider), "remote");
        await ConnectAsync(shared);

        (await BeginAsync(1, "write", shared)).ShouldBeNull();

        var row = (await _remote.Storage.Credentials.FindAsync(shared, default))!;
        (row.Status, row.ScopeDemands.Count).ShouldBe((CredentialStatus.Active, 0));
    }

    [Fact]
    public async Task Nothing_is_added_to_what_the_operator_said_to_ask_for()
    {
        var provider = RemoteServer.Provider(new() { Scopes = ["read"] });

        (await _remote.Client.Providers.ResolveFreshAsync(provider, ["write"], default)).Provider!.Scopes.ShouldBe(["read"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public void An_upstream_cannot_fill_the_database_or_the_redirect_with_scopes(int length)
    {
        ScopeDemand? known = null;
        for (var i = 0; i < 1000; i++)
        {
            var (verdict, demand) = ScopeDemandPolicy.Judge(known, "remote", [$"s{i}".PadRight(length, 'x')], _remote.Time.GetUtcNow());
            verdict.ShouldBeOneOf(ScopeDemandVerdict.Record, ScopeDemandVerdict.Refuse);
            known = demand ?? known;
        }

        known!.Scopes.Count.ShouldBeLessThanOrEqualTo(ScopeDemandPolicy.MaxScopes);
        string.Join(' ', known.Scopes).Length.ShouldBeLessThanOrEqualTo(ScopeDemandPolicy.MaxLength);
        ScopeDemandPolicy.Judge(null, "remote", [.. Enumerable.Range(0, 101).Select(i => "s" + i)], default).Verdict.ShouldBe(ScopeDemandVerdict.Refuse);
    }

    private static Resource Resource(Provider provider) => UpstreamAuthorizerTests.Resource with { Providers = [new ResourceProvider(provider)] };

    private async Task<StoredCredential> RowAsync() => (await _remote.Storage.Credentials.FindAsync(Person1, default))!;

    private async Task<IReadOnlyList<string>> AskedAsync(UpstreamClient node) =>
        (await node.Providers.ResolveFreshAsync(_resource.Providers[0].Provider, await _vault.DemandedScopesAsync(Person1, default), default)).Provider!.Scopes;

    private async Task<int> AuditedAsync() => (await _remote.Storage.Audit.ListAsync(100, default)).Count(audit => audit.Action == AuditActions.CredentialScopesDemanded);

    private Task ConnectAsync(CredentialKey? key = null) => _vault.StoreAsync(key ?? Person1, new TokenSet { AccessToken = "at", TokenType = "Bearer" }, null, null, default);

    private Task<UpstreamAuthorization?> BeginAsync(long version, string scopes, CredentialKey? key = null) => _stepUp.BeginAsync(
        _resource,
        new UpstreamAuthorization { Outcome = UpstreamAuthorizationOutcome.Available, Used = [new CredentialUse(key ?? Person1, version)] },
        scopes.Split(' '),
        default);
}
