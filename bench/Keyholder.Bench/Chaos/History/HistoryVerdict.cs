namespace Keyholder.Bench.Chaos.History;

/// <summary>What is wrong with a history; null where nothing is.</summary>
/// <param name="Lost">Why its client was logged out although nobody had given a cause.</param>
/// <param name="Forked">Where two lineages were alive at once.</param>
/// <param name="UsableAfterRevocation">What was accepted after its revocation had been acknowledged.</param>
internal sealed record HistoryVerdict(string? Lost, string? Forked, string? UsableAfterRevocation)
{
    /// <summary>Whether every promise was kept.</summary>
    public bool IsClean => Lost is null && Forked is null && UsableAfterRevocation is null;

    /// <summary>How long after an acknowledgement the last call began that another node still accepted; zero when none did.</summary>
    public TimeSpan LatestUse { get; init; }
}
