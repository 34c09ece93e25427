using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Upstream;
using Keyholder.Tests.Vault;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>Several nodes, each with its own memory, and a resource whose upstream refuses what the provider issues.</summary>
public abstract class RefusalCoordinationContract<TFixture> : StorageContract<TFixture>, IDisposable
    where TFixture : StorageFixture, new()
{
    private static readonly CredentialKey Key = AuthorizerFixture.Person3;
    private static readonly Resource Sick = AuthorizerFixture.Resource;
    private static readonly Resource Well = Sick with { Name = "well", Uri = "https://keys.example/mcp/well" };
    private readonly ManualTimeProvider _time = new();
    private readonly List<Node> _nodes = [];

    [Fact]
    public async Task What_one_node_was_refused_no_node_tries_and_every_node_goes_on_using_elsewhere()
    {
        using var provider = new RotatingProvider(_time);
        var nodes = await StartRefusedAsync(provider);

        foreach (var node in nodes)
        {
            (await node.AuthorizeAsync(Sick)).Lacking.ShouldHaveSingleItem().Name.ShouldBe(Key.Provider);
            (await node.AuthorizeAsync(Well)).Headers.ShouldHaveSingleItem().Value.ShouldBe("Bearer access-1");
        }

        provider.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_node_that_has_the_token_warm_learns_of_the_refusal_from_its_own_rejection_without_a_refresh()
    {
        using var provider = new RotatingProvider(_time);
        var nodes = Start(provider);
        await nodes[0].Vault.StoreAsync(Key, provider.First, null, null, default);
        var warm = await nodes[1].AuthorizeAsync(Sick);
        await RefuseAsync(nodes[0]);

        (await nodes[1].ReauthorizeAsync(Sick, warm)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        provider.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task Who_connects_on_one_node_is_served_by_every_node_at_once()
    {
        using var provider = new RotatingProvider(_time);
        var nodes = await StartRefusedAsync(provider);
        foreach (var node in nodes)
        {
            (await node.AuthorizeAsync(Sick)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        }

        await nodes[2].Vault.StoreAsync(Key, provider.First with { AccessToken = "access-new" }, null, null, default);

        foreach (var node in nodes)
        {
            (await node.AuthorizeAsync(Sick)).Headers.ShouldHaveSingleItem().Value.ShouldBe("Bearer access-new");
        }
    }

    [Fact]
    public async Task When_it_is_time_one_request_of_all_nodes_tries_again()
    {
        using var provider = new RotatingProvider(_time);
        var nodes = await StartRefusedAsync(provider);
        for (var round = 0; round < 3; round++)
        {
            _time.Advance(provider.Options.RefusalRetryInterval);

            var answers = await Task.WhenAll(nodes.SelectMany(node => Enumerable.Range(0, 20).Select(_ => Task.Run(() => node.AuthorizeAsync(Sick)))));

            answers.Count(answer => answer.IsRetry).ShouldBe(1);
            answers.Count(answer => answer.Outcome == UpstreamAuthorizationOutcome.ReconnectRequired).ShouldBe(answers.Length - 1);
            (await nodes[1].ReauthorizeAsync(Sick, answers.Single(answer => answer.IsRetry))).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        }

        provider.Asked.ShouldBe(1);
        (await Db.Audit.ListAsync(100, default)).Count(audit => audit.Action == Keyholder.Audit.AuditActions.CredentialRefusedByResource).ShouldBe(1);
    }

    [Fact]
    public async Task A_retry_that_got_through_on_one_node_is_the_end_of_the_refusal_on_every_node()
    {
        using var provider = new RotatingProvider(_time);
        var nodes = await StartRefusedAsync(provider);
        _time.Advance(provider.Options.RefusalRetryInterval);
        var retry = await nodes[1].AuthorizeAsync(Sick);
        retry.IsRetry.ShouldBeTrue();
        (await nodes[0].AuthorizeAsync(Sick)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        await nodes[1].AcceptedAsync(retry);

        foreach (var node in nodes)
        {
            var served = await node.AuthorizeAsync(Sick);
            (served.IsRetry, served.Headers.ShouldHaveSingleItem().Value).ShouldBe((false, "Bearer access-1"));
        }
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _nodes.ForEach(node => node.Dispose());
    }

    private async Task<List<Node>> StartRefusedAsync(RotatingProvider provider)
    {
        var nodes = Start(provider);
        await nodes[0].Vault.StoreAsync(Key, provider.First, null, null, default);
        await RefuseAsync(nodes[0]);
        return nodes;
    }

    private static async Task RefuseAsync(Node node)
    {
        var renewed = await node.ReauthorizeAsync(Sick, await node.AuthorizeAsync(Sick));
        renewed.Headers.ShouldHaveSingleItem().Value.ShouldBe("Bearer access-1");
        (await node.ReauthorizeAsync(Sick, renewed)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
    }

    private List<Node> Start(RotatingProvider provider)
    {
        _nodes.AddRange(Enumerable.Range(0, 3).Select(_ => new Node(Db, provider, _time)));
        return _nodes;
    }

    private sealed class Node : IDisposable
    {
        private readonly UpstreamAuthorizer _authorizer;
        private readonly ManualTimeProvider _time;

        public Node(TFixture db, RotatingProvider provider, ManualTimeProvider time)
        {
            _time = time;
            Vault = new CredentialVault(db.Credentials, db.CredentialRefreshes, db.Audit, new EnvelopeSealer(VaultKeys.Ring(1)), time, NullLogger<CredentialVault>.Instance);
            _authorizer = new UpstreamAuthorizer(
                Vault, db.CredentialRefreshes, db.CredentialRefusals, provider.Client, provider.Options, time, NullLogger<UpstreamAuthorizer>.Instance);
        }

        public CredentialVault Vault { get; }

        public void Dispose() => _authorizer.Dispose();

        public Task<UpstreamAuthorization> AuthorizeAsync(Resource resource) => _authorizer.AuthorizeAsync(resource, Token(), default).AsTask();

        public Task<UpstreamAuthorization> ReauthorizeAsync(Resource resource, UpstreamAuthorization rejected) =>
            _authorizer.ReauthorizeAsync(resource, Token(), rejected, default).AsTask();

        public ValueTask AcceptedAsync(UpstreamAuthorization accepted) => _authorizer.AcceptedAsync(accepted);

        private Keyholder.Tokens.AccessToken Token() => AuthorizerFixture.TokenOf(Subject.User("person3"), _time.GetUtcNow());
    }
}
