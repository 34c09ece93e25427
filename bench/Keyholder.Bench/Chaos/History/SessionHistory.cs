namespace Keyholder.Bench.Chaos.History;

/// <summary>Everything the clients of one session saw.</summary>
/// <param name="Observations">In any order.</param>
/// <param name="QuietSince">When the last fault was over, if a client went on to ask after that until it was answered or lost patience; null when it did not.</param>
internal sealed record SessionHistory(IReadOnlyList<Observation> Observations, TimeSpan? QuietSince = null)
{
    /// <inheritdoc />
    public override string ToString() => string.Join('\n', Observations.OrderBy(o => o.Began).Select(o => o.ToString()));
}
