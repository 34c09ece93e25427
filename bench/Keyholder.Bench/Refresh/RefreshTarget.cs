using Keyholder.Bench.Load;
using Walkthrough.Servers;

namespace Keyholder.Bench.Refresh;

/// <summary>A server under measurement, and what was measured.</summary>
internal sealed record RefreshTarget(string Name, Uri Url, ServerProcess Process, RefreshTokens Tokens)
{
    private readonly Dictionary<int, List<Measurement>> _rounds = [];

    /// <summary>One round with so many callers; kept unless it only warms up.</summary>
    public async Task RunAsync(int callers, TimeSpan duration, bool keep)
    {
        var endpoint = new Uri(Url, "/token");
        var round = await LoadGenerator.RunAsync(endpoint, i => new RefreshRequests(endpoint, Tokens, i, callers), callers, duration, () => Process.ProcessorTime);
        if (keep)
        {
            _rounds.TryAdd(callers, []);
            _rounds[callers].Add(round);
        }
    }

    /// <summary>The medians of the rounds with so many callers.</summary>
    public Measurement Median(int callers) => Measurement.Median(_rounds[callers]);
}
