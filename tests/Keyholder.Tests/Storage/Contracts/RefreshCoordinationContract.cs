using Keyholder.Sessions;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Upstream;
using Keyholder.Tests.Vault;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>Several nodes, each with its own memory, on one store and one provider.</summary>
public abstract class RefreshCoordinationContract<TFixture> : StorageContract<TFixture>, IDisposable
    where TFixture : StorageFixture, new()
{
    private const int Nodes = 3;
    private const int Callers = 100;
    private static readonly CredentialKey Key = AuthorizerFixture.Person3;
    private readonly ManualTimeProvider _time = new();
    private readonly List<Node> _nodes = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hundred_callers_on_each_of_three_nodes_cost_one_refresh(bool rejected)
    {
        using var provider = new RotatingProvider(_time);
        var nodes = Start(provider);
        await nodes[0].Vault.StoreAsync(Key, provider.First, null, null, default);
        var before = await nodes[0].AuthorizeAsync();
        if (!rejected)
        {
            _time.Advance(TimeSpan.FromDays(2));
        }

        var callers = nodes.SelectMany(n => Enumerable.Range(0, Callers).Select(_ => Task.Run(() => rejected ? n.ReauthorizeAsync(before) : n.AuthorizeAsync()))).ToList();
        var answers = await FollowAsync(Task.WhenAll(callers), version: 2);

        answers.ShouldAllBe(a => a.Headers.Single().Value == "Bearer access-1");
        provider.Refreshes.ShouldBe(1);
        (await Db.Credentials.FindAsync(Key, default))!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task Nodes_that_refresh_over_and_over_never_lose_a_rotating_credential()
    {
        using var provider = new RotatingProvider(_time);
        var nodes = Start(provider);
        await nodes[0].Vault.StoreAsync(Key, provider.First, null, null, default);

        for (var round = 1; round <= 5; round++)
        {
            _time.Advance(TimeSpan.FromDays(2));
            var answers = await FollowAsync(Task.WhenAll(nodes.SelectMany(n => Enumerable.Range(0, 8).Select(_ => Task.Run(n.AuthorizeAsync)))), version: round + 1);
            answers.ShouldAllBe(a => a.Outcome == UpstreamAuthorizationOutcome.Available);
            provider.Refreshes.ShouldBe(round);
        }
    }

    [Fact]
    public async Task A_node_that_died_before_it_asked_is_stood_in_for_once_its_right_expires()
    {
        using var provider = new RotatingProvider(_time);
        var node = Start(provider)[0];
        await node.Vault.StoreAsync(Key, provider.First, null, null, default);
        _time.Advance(TimeSpan.FromDays(2));
        var row = (await Db.Credentials.FindAsync(Key, default))!;
        await Db.CredentialRefreshes.BeginAsync(row, _time.GetUtcNow().AddMinutes(1), _time.GetUtcNow(), default);

        (await FollowAsync(node.AuthorizeAsync())).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        provider.Refreshes.ShouldBe(0);
        _time.Advance(TimeSpan.FromMinutes(1));

        (await FollowAsync(node.AuthorizeAsync())).Headers.Single().Value.ShouldBe("Bearer access-1");
    }

    [Fact]
    public async Task A_node_that_died_between_the_answer_and_its_storing_leaves_a_credential_that_says_why_it_ended()
    {
        using var provider = new RotatingProvider(_time);
        var node = Start(provider)[0];
        await node.Vault.StoreAsync(Key, provider.First, null, null, default);
        _time.Advance(TimeSpan.FromDays(2));
        var row = (await Db.Credentials.FindAsync(Key, default))!;
        await Db.CredentialRefreshes.BeginAsync(row, _time.GetUtcNow().AddMinutes(1), _time.GetUtcNow(), default);
        provider.Rotate();
        _time.Advance(TimeSpan.FromMinutes(1));

        (await FollowAsync(node.AuthorizeAsync())).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        (await FollowAsync(node.AuthorizeAsync())).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        var ended = (await Db.Credentials.FindAsync(Key, default))!;
        (ended.Status, ended.StatusReason).ShouldBe((CredentialStatus.NeedsReauth, "refresh_interrupted"));
        provider.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_failure_one_node_saw_holds_the_others_back_as_long_as_the_provider_asked_for()
    {
        using var provider = new RotatingProvider(_time) { Down = true };
        var (one, other) = (Start(provider)[0], Start(provider)[0]);
        await one.Vault.StoreAsync(Key, provider.First, null, null, default);
        _time.Advance(TimeSpan.FromDays(2));

        (await FollowAsync(one.AuthorizeAsync())).RetryAfter.ShouldBe(TimeSpan.FromSeconds(90));
        (await FollowAsync(other.AuthorizeAsync())).RetryAfter.ShouldBe(TimeSpan.FromSeconds(90));

        provider.Asked.ShouldBe(1);
        provider.Down = false;
        _time.Advance(TimeSpan.FromSeconds(90));
        (await FollowAsync(other.AuthorizeAsync())).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _nodes.ForEach(n => n.Dispose());
    }

    private List<Node> Start(RotatingProvider provider)
    {
        var started = Enumerable.Range(0, Nodes).Select(_ => new Node(this, provider)).ToList();
        _nodes.AddRange(started);
        return started;
    }

    // Nodes that found the right taken look again after 50 ms, 100 ms … 1 s. Once the row is at the version the holder writes, or at once when there is no live holder,
    // their clock is moved on as they wait for it.
    private async Task<T> FollowAsync<T>(Task<T> work, long version = 0)
    {
        TimeSpan[] looks = [.. new[] { 50, 100, 200, 400, 800, 1000 }.Select(ms => TimeSpan.FromMilliseconds(ms))];
        while (!work.IsCompleted)
        {
            if ((await Db.Credentials.FindAsync(Key, default))!.Version >= version)
            {
                foreach (var look in looks.Where(l => _time.CountWaiting(l) > 0))
                {
                    _time.Advance(look);
                }
            }
        }

        return await work;
    }

    private sealed class Node : IDisposable
    {
        private readonly UpstreamAuthorizer _authorizer;
        private readonly ManualTimeProvider _time;

        public Node(RefreshCoordinationContract<TFixture> contract, RotatingProvider provider)
        {
            var db = contract.Db;
            _time = contract._time;
            Vault = new CredentialVault(
                db.Credentials, db.CredentialRefreshes, db.Audit, new EnvelopeSealer(VaultKeys.Ring(1)), _time, NullLogger<CredentialVault>.Instance);
            _authorizer = new UpstreamAuthorizer(
                Vault, db.CredentialRefreshes, db.CredentialRefusals, provider.Client, provider.Options, _time, NullLogger<UpstreamAuthorizer>.Instance);
        }

        public CredentialVault Vault { get; }

        public void Dispose() => _authorizer.Dispose();

        public Task<UpstreamAuthorization> AuthorizeAsync() => _authorizer.AuthorizeAsync(AuthorizerFixture.Resource, Token(), default).AsTask();

        public Task<UpstreamAuthorization> ReauthorizeAsync(UpstreamAuthorization rejected) =>
            _authorizer.ReauthorizeAsync(AuthorizerFixture.Resource, Token(), rejected, default).AsTask();

        private AccessToken Token() => AuthorizerFixture.TokenOf(Subject.User("person3"), _time.GetUtcNow());
    }
}
