using Keyholder.Tests.Testing;
using Keyholder.Tests.Vault;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class VaultKeyNodeStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_report_is_taken_down_until_it_expires_or_the_node_leaves()
    {
        await ReportAsync("n1", ["a:1", "b:2"], name: Hostile);
        await ReportAsync("n2", ["a:1", "b:2"], name: "two", expiresAt: Now.AddMilliseconds(1));

        var running = await Db.VaultKeyNodes.ListAsync(Now, default);
        running.Select(node => node.Id).ShouldBe(["n1", "n2"], ignoreOrder: true);
        var first = running.Single(node => node.Id == "n1");
        (first.Name, first.ChangedAt).ShouldBe((Hostile, Now));
        first.Opens.ShouldBe(["a:1", "b:2"]);
        first.Seals.ShouldBe(["b:2"]);
        (await Db.VaultKeyNodes.ListAsync(Now.AddMilliseconds(1), default)).ShouldHaveSingleItem().Id.ShouldBe("n1");

        await Db.VaultKeyNodes.LeaveAsync("n1", default);
        await Db.VaultKeyNodes.LeaveAsync("n1", default);
        (await Db.VaultKeyNodes.ListAsync(Now, default)).ShouldHaveSingleItem().Id.ShouldBe("n2");
    }

    [Fact]
    public async Task A_key_is_held_back_until_the_last_node_opens_it_and_the_moment_of_the_change_is_kept()
    {
        await ReportAsync("n1", ["a:1"]);
        await ReportAsync("n2", ["a:1"]);

        (await ReportAsync("n1", ["a:1", "b:2"], at: 1)).Seals.ShouldBe(["a:1"]);
        (await ReportAsync("n2", ["a:1", "b:2"], at: 2)).Seals.ShouldBe(["b:2"]);
        (await ReportAsync("n1", ["a:1", "b:2"], at: 3)).Seals.ShouldBe(["b:2"]);
        await ReportAsync("n1", ["a:1", "b:2"], at: 4);

        (await Db.VaultKeyNodes.ListAsync(Now, default)).Select(node => (node.ChangedAt - Now).TotalSeconds).ShouldBe([3, 2]);
    }

    [Fact]
    public async Task A_node_that_lacks_a_key_in_use_is_not_taken_down_and_comes_once_it_has_it_or_the_others_are_gone()
    {
        await ReportAsync("n1", ["a:1", "b:2"]);

        (await ReportAsync("n2", ["a:1"])).Missing.ShouldHaveSingleItem().KeyId.ShouldBe("b");
        (await Db.VaultKeyNodes.ListAsync(Now, default)).ShouldHaveSingleItem().Id.ShouldBe("n1");
        (await ReportAsync("n1", ["a:1", "b:2", "c:3"])).Seals.ShouldBe(["c:3"]);

        (await ReportAsync("n2", ["a:1", "c:3"])).Seals.ShouldBe(["c:3"]);
        (await ReportAsync("n2", ["a:1"], at: 1)).Missing.Count.ShouldBe(1);
        (await Db.VaultKeyNodes.ListAsync(Now, default)).Single(node => node.Id == "n2").Opens.ShouldBe(["a:1", "c:3"], "A report that is refused changes nothing.");
        (await ReportAsync("n3", ["a:1"], at: 60)).Seals.ShouldBe(["a:1"]);
    }

    [Fact]
    public async Task Of_nodes_that_report_at_once_none_seals_with_what_another_does_not_open()
    {
        for (var round = 0; round < 10; round++)
        {
            var at = round * 100;
            await RaceAsync(
                12,
                () => ReportAsync("warm", ["a:1"], at),
                i => ReportAsync($"n{i}", i % 3 == 0 ? ["a:1", $"x:{i}"] : i % 3 == 1 ? ["a:1", "b:2"] : ["a:1", "b:2", "c:3"], at));

            var running = await Db.VaultKeyNodes.ListAsync(Now.AddSeconds(at), default);
            running.Count.ShouldBe(13);
            running.ShouldAllBe(node => running.SelectMany(other => other.Seals).All(node.Opens.Contains));
        }
    }

    [Fact]
    public async Task What_three_nodes_seal_while_a_key_arrives_at_one_after_the_other_opens_on_each_of_them_at_once()
    {
        var time = new ManualTimeProvider(Now);
        var nodes = Enumerable.Range(0, 3).Select(i => new Node(Db, time, i)).ToList();
        foreach (var node in nodes)
        {
            await node.Agreement.ReportAsync(default);
        }

        foreach (var late in nodes)
        {
            late.File = VaultKeys.Ring(1, 2);
            late.Keys.Reload([]).ShouldBeTrue();
            foreach (var node in nodes)
            {
                await node.Agreement.ReportAsync(default);
                foreach (var writer in nodes)
                {
                    var envelope = new EnvelopeSealer(writer.Keys).Seal("s"u8, default);
                    foreach (var reader in nodes)
                    {
                        reader.Keys.Current.FindId(EnvelopeSealer.MarkOf(envelope)).ShouldNotBeNull();
                    }
                }
            }
        }

        await nodes[0].Agreement.ReportAsync(default);
        await nodes[1].Agreement.ReportAsync(default);
        nodes.ShouldAllBe(node => node.Keys.Current.SealingIdAt(Now) == "key-2");
        var newcomer = new Node(Db, time, 9);
        (await newcomer.Agreement.ReportAsync(default)).Missing.ShouldHaveSingleItem().KeyId.ShouldBe("key-2");
        foreach (var node in nodes)
        {
            await node.Agreement.DisposeAsync();
        }

        (await newcomer.Agreement.ReportAsync(default)).Seals.ShouldBe(VaultKeys.Ring(1).Prints);
    }

    [Fact]
    public async Task After_an_outage_in_which_every_report_expired_a_key_that_was_held_back_stays_so()
    {
        var time = new ManualTimeProvider(Now);
        var nodes = Enumerable.Range(0, 3).Select(i => new Node(Db, time, i)).ToList();
        await ReportAllAsync();
        foreach (var node in nodes.Take(2))
        {
            node.File = VaultKeys.Ring(1, 2);
            node.Keys.Reload([]).ShouldBeTrue();
        }

        await ReportAllAsync();
        time.Advance(SealingAgreement.Patience);
        for (var i = 0; i < 10; i++)
        {
            await ReportAllAsync();
            nodes.ShouldAllBe(node => node.Keys.Current.SealingIdAt(time.GetUtcNow()) == "key-1");
            time.Advance(SealingAgreement.ReportInterval);
        }

        async Task ReportAllAsync()
        {
            foreach (var node in nodes)
            {
                (await node.Agreement.ReportAsync(default)).Seals.ShouldBe(VaultKeys.Ring(1).Prints);
            }
        }
    }

    [Fact]
    public async Task A_node_that_could_not_report_gains_a_key_only_after_the_others_had_time_to_report_again()
    {
        var time = new ManualTimeProvider(Now);
        var (node, gone) = (new Node(Db, time, 0), new Node(Db, time, 1));
        await gone.Agreement.ReportAsync(default);
        node.File = VaultKeys.Ring(1, 2);
        node.Keys.Reload([]).ShouldBeTrue();
        await node.Agreement.ReportAsync(default);

        time.Advance(SealingAgreement.Patience);
        for (var waited = TimeSpan.Zero; waited < SealingAgreement.Patience; waited += SealingAgreement.ReportInterval)
        {
            (await node.Agreement.ReportAsync(default)).Seals.ShouldBe(VaultKeys.Ring(1).Prints);
            time.Advance(SealingAgreement.ReportInterval);
        }

        (await node.Agreement.ReportAsync(default)).Seals.ShouldBe([VaultKeys.Ring(1, 2).Prints[1]]);
        node.Keys.Current.SealingIdAt(time.GetUtcNow()).ShouldBe("key-2");
    }

    [Fact]
    public async Task A_key_that_something_is_sealed_with_is_missed_even_if_nobody_seals_with_it_any_more()
    {
        var time = new ManualTimeProvider(Now);
        await Db.ServerSecrets.GetOrAddAsync("old", new EnvelopeSealer(VaultKeys.Ring(7)).Seal("s"u8, default), Now, default);
        var whole = new Node(Db, time, 0) { File = VaultKeys.Ring(7, 8, 1) };
        whole.Keys.Reload([]);
        await whole.Agreement.ReportAsync(default);

        var node = new Node(Db, time, 1);
        var standing = await node.Agreement.ReportAsync(default);

        standing.Seals.ShouldBe(VaultKeys.Ring(1).Prints);
        standing.Missing.ShouldHaveSingleItem().KeyId.ShouldBe("key-7");
    }

    private Task<VaultKeyStanding> ReportAsync(string id, string[] opens, double at = 0, string? name = null, DateTimeOffset? expiresAt = null)
    {
        var now = Now.AddSeconds(at);
        return Db.VaultKeyNodes.ReportAsync(new(id, name ?? id, opens, [.. opens.AsEnumerable().Reverse()], []), expiresAt ?? now.AddMinutes(1), now, default);
    }

    private sealed class Node
    {
        public Node(StorageFixture storage, ManualTimeProvider time, int number)
        {
            Keys = new VaultKeySource(VaultKeys.Ring(1), time, _ => File);
            Agreement = new SealingAgreement(Keys, storage.VaultKeyNodes, storage.SealedRows, "node-" + number, time);
        }

        public VaultKeyRing File { get; set; } = VaultKeys.Ring(1);

        public VaultKeySource Keys { get; }

        public SealingAgreement Agreement { get; }
    }
}
