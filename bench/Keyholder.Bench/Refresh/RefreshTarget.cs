using Keyholder.Bench.Load;
using Walkthrough.Servers;

namespace Keyholder.Bench.Refresh;

/// <summary>A server under measurement, and what was measured.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Url">Where it listens.</param>
/// <param name="Process">Its process.</param>
/// <param name="Tokens">The refresh tokens it takes for its own.</param>
/// <param name="Database">Its database server; null when the database is in its process.</param>
internal sealed record RefreshTarget(string Name, Uri Url, ServerProcess Process, RefreshTokens Tokens, PostgresServer? Database = null)
{
    private readonly Dictionary<int, List<Measurement>> _rounds = [];

    /// <summary>One round with so many callers; kept unless it only warms up.</summary>
    public async Task RunAsync(int callers, TimeSpan duration, bool keep)
    {
        var endpoint = new Uri(Url, "/token");
        var round = await LoadGenerator.RunAsync(
            endpoint, i => new RefreshRequests(endpoint, Tokens, i, callers), callers, duration, () => Process.ProcessorTime, Database is null ? null : () => Database.ProcessorTime);
        if (keep)
        {
            _rounds.TryAdd(callers, []);
            _rounds[callers].Add(round);
        }
    }

    /// <summary>The medians of the rounds with so many callers.</summary>
    public Measurement Median(int callers) => Measurement.Median(_rounds[callers]);
}
