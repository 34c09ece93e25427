using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

public sealed class SealingPolicyTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Alone_a_node_seals_with_the_newest_and_what_comes()
    {
        var standing = SealingPolicy.Judge(Report("a:1 b:2 c:3", sealing: "b:2 a:1", coming: "c:3"), []);

        standing.Seals.ShouldBe(["c:3", "b:2"]);
        (standing.HeldBack.Count + standing.Missing.Count + standing.Foreign.Count).ShouldBe(0);
    }

    [Fact]
    public void A_key_another_node_does_not_open_is_held_back_and_that_node_is_named()
    {
        var standing = SealingPolicy.Judge(
            Report("a:1 b:2 c:3", sealing: "b:2 a:1", coming: "c:3"), [Node("one", "a:1 b:2", "a:1"), Node("two", "a:1", "a:1")]);

        standing.Seals.ShouldBe(["a:1"]);
        standing.HeldBack.Select(lack => $"{lack.KeyId} {string.Join(' ', lack.Nodes)}").ShouldBe(["c one two", "b two"]);
    }

    [Theory]
    [InlineData("a:1", "b one")]
    [InlineData("a:1 b:9", "b one")]
    public void A_node_that_lacks_what_another_seals_with_may_not_seal_and_learns_what_it_lacks(string opens, string missing)
    {
        var standing = SealingPolicy.Judge(Report(opens, sealing: "a:1"), [Node("one", "a:1 b:2 c:3", "b:2")]);

        standing.Seals.ShouldBeEmpty();
        standing.Missing.Select(lack => $"{lack.KeyId} {string.Join(' ', lack.Nodes)}").ShouldBe([missing]);
        standing.Foreign.Select(lack => lack.KeyId).ShouldBe(["c"]);
    }

    [Fact]
    public void A_node_for_which_the_others_key_comes_later_seals_with_it_all_the_same()
    {
        SealingPolicy.Judge(Report("x:1 b:2", sealing: "x:1"), [Node("one", "b:2", "b:2")]).Seals.ShouldBe(["b:2"]);
    }

    /// <summary>Whatever nodes come, go, gain and lose keys in whatever order: what one seals with every other one opens.</summary>
    [Fact]
    public void Whatever_nodes_report_every_running_node_opens_what_any_of_them_seals_with()
    {
        var state = 4711u;
        string[] keys = ["a:1", "b:2", "c:3", "d:4"];
        for (var run = 0; run < 300; run++)
        {
            var running = new List<VaultKeyNode>();
            for (var step = 0; step < 40; step++)
            {
                var id = $"n{Next(4)}";
                if (Next(6) == 0)
                {
                    running.RemoveAll(node => node.Id == id);
                    continue;
                }

                var opens = keys.Where(_ => Next(3) > 0).DefaultIfEmpty(keys[Next(4)]).ToList();
                var come = opens.Take(1 + Next(opens.Count)).ToList();
                var report = new VaultKeyReport(id, id, opens, [.. come.AsEnumerable().Reverse()], [.. opens.Skip(come.Count)]);
                var standing = SealingPolicy.Judge(report, [.. running.Where(node => node.Id != id)]);
                if (standing.Missing.Count == 0)
                {
                    standing.Seals.ShouldNotBeEmpty();
                    var next = SealingPolicy.Next(running, report, standing, Now);
                    running.RemoveAll(node => node.Id == id);
                    running.Add(next);
                }

                running.ShouldAllBe(node => running.SelectMany(other => other.Seals).All(node.Opens.Contains));
            }
        }

        // The same numbers in every run of the test, so that a failure comes back.
        int Next(int bound)
        {
            state = (state * 1664525) + 1013904223;
            return (int)((state >> 16) % (uint)bound);
        }
    }

    [Fact]
    public void A_superseded_key_has_settled_once_every_node_has_sealed_with_its_successor_for_a_while()
    {
        var before = Node("one", "a:1 b:2", "b:2") with { ChangedAt = Now - RetirePolicy.Settling };
        SealingPolicy.HasSettled([before], "b:2", "a:1", Now).ShouldBeTrue();
        SealingPolicy.HasSettled([before, before with { ChangedAt = Now.AddMilliseconds(1) - RetirePolicy.Settling }], "b:2", "a:1", Now).ShouldBeFalse();
        SealingPolicy.HasSettled([before, before with { Seals = ["a:1"] }], "b:2", "a:1", Now).ShouldBeFalse();
        SealingPolicy.HasSettled([before, before with { Seals = ["a:1", "b:2"] }], "b:2", "a:1", Now).ShouldBeFalse();
        SealingPolicy.HasSettled([], "b:2", "a:1", Now).ShouldBeTrue();
    }

    private static VaultKeyReport Report(string opens, string sealing, string coming = "") =>
        new("me", "me", opens.Split(' '), sealing.Split(' '), coming.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static VaultKeyNode Node(string name, string opens, string seals) => new(name, name, opens.Split(' '), seals.Split(' '), Now);
}
