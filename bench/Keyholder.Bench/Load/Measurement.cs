namespace Keyholder.Bench.Load;

/// <summary>What one round measured.</summary>
/// <param name="RequestsPerSecond">Completed requests per second of wall time.</param>
/// <param name="P50">Median latency in microseconds.</param>
/// <param name="P99">99th percentile latency in microseconds.</param>
/// <param name="CpuPerThousand">Processor milliseconds of the server under test per 1,000 requests.</param>
/// <param name="DatabaseCpuPerThousand">The same of its database server; 0 when it has none.</param>
internal sealed record Measurement(double RequestsPerSecond, double P50, double P99, double CpuPerThousand, double DatabaseCpuPerThousand)
{
    /// <summary>The median of each figure over several rounds.</summary>
    public static Measurement Median(IReadOnlyList<Measurement> rounds) => new(
        Median(rounds.Select(r => r.RequestsPerSecond)),
        Median(rounds.Select(r => r.P50)),
        Median(rounds.Select(r => r.P99)),
        Median(rounds.Select(r => r.CpuPerThousand)),
        Median(rounds.Select(r => r.DatabaseCpuPerThousand)));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
