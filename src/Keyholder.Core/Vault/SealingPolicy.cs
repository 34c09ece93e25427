using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>What a node may seal with: only what every node that runs can open. Pure.</summary>
public static class SealingPolicy
{
    /// <summary>The node as it is taken down after a report that was answered so.</summary>
    /// <param name="running">The nodes as they were, the reporting one among them if it is known.</param>
    /// <param name="report">What the node says.</param>
    /// <param name="standing">What it was answered.</param>
    /// <param name="now">The moment.</param>
    public static VaultKeyNode Next(IReadOnlyCollection<VaultKeyNode> running, VaultKeyReport report, VaultKeyStanding standing, DateTimeOffset now)
    {
        var before = running.FirstOrDefault(node => node.Id == report.NodeId);
        var gained = before is null || standing.Seals.Except(before.Seals).Any();
        return new(report.NodeId, report.NodeName, report.Opens, standing.Seals, gained ? now : before!.ChangedAt);
    }

    /// <summary>Whether every node that runs has sealed with one key, and none with another, for long enough that nothing sealed with the other is on its way.</summary>
    public static bool HasSettled(IReadOnlyCollection<VaultKeyNode> running, string sealing, string superseded, DateTimeOffset now) =>
        running.All(node => node.Seals.Contains(sealing) && !node.Seals.Contains(superseded) && node.ChangedAt <= now - RetirePolicy.Settling);

    /// <summary>A key that a node's ring holds behind the newest key of another ring, which lacks it, so that it is yet on its way to all; null when there is none.</summary>
    /// <param name="running">The nodes that run.</param>
    /// <param name="prints">The keys of the other ring, oldest first. Its newest one seals.</param>
    public static string? FindNewer(IReadOnlyCollection<VaultKeyNode> running, IReadOnlyList<string> prints) =>
        running.SelectMany(node => node.Opens.Reverse().TakeWhile(print => print != prints[^1])).FirstOrDefault(print => !prints.Contains(print));

    /// <summary>Judges a report.</summary>
    /// <param name="report">What a node says.</param>
    /// <param name="others">The other nodes that run.</param>
    public static VaultKeyStanding Judge(VaultKeyReport report, IReadOnlyCollection<VaultKeyNode> others)
    {
        var foreign = others.SelectMany(node => node.Opens).Distinct().Except(report.Opens).ToList();
        var missing = foreign.Where(print => others.Any(node => node.Seals.Contains(print))).ToList();
        if (missing.Count > 0)
        {
            return new([], [], Lacks(missing, node => node.Seals), Lacks(foreign.Except(missing), node => node.Opens));
        }

        // What the others seal with is opened by all. So there always is one, if not the one that was wanted.
        var coming = report.Coming.Where(IsOpenedByAll);
        var sealing = report.Sealing.Concat(report.Opens.Reverse()).Where(IsOpenedByAll).Take(1);
        var held = report.Coming.Concat(report.Sealing.TakeWhile(print => !IsOpenedByAll(print))).Where(print => !IsOpenedByAll(print));
        return new(
            [.. coming.Union(sealing)],
            [.. held.Select(print => new VaultKeyLack(print, [.. others.Where(node => !node.Opens.Contains(print)).Select(node => node.Name)]))],
            [],
            Lacks(foreign, node => node.Opens));

        bool IsOpenedByAll(string print) => others.All(node => node.Opens.Contains(print));

        IReadOnlyList<VaultKeyLack> Lacks(IEnumerable<string> prints, Func<VaultKeyNode, IReadOnlyList<string>> keysOf) =>
            [.. prints.Select(print => new VaultKeyLack(print, [.. others.Where(node => keysOf(node).Contains(print)).Select(node => node.Name)]))];
    }
}
