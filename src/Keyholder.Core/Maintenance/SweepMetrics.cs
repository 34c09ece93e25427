using System.Diagnostics.Metrics;
using Keyholder.Storage;

namespace Keyholder.Maintenance;

/// <summary>The sweeps in numbers, on the meter <c>Keyholder</c>.</summary>
public sealed class SweepMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Keyholder";

    private readonly Counter<long> _deleted;
    private readonly Counter<long> _failures;

    public SweepMetrics()
    {
        _deleted = Meter.CreateCounter<long>("keyholder.sweep.deleted", "{row}", "Rows deleted because they could no longer matter.");
        _failures = Meter.CreateCounter<long>("keyholder.sweep.failures", "{failure}", "Steps of a sweep that failed.");
    }

    /// <summary>The meter itself.</summary>
    internal Meter Meter { get; } = new(MeterName);

    /// <inheritdoc />
    public void Dispose() => Meter.Dispose();

    internal void Deleted(Sweep sweep, SweepTarget target, int rows) => _deleted.Add(rows, Tags(sweep, target));

    internal void Failed(Sweep sweep, SweepTarget target) => _failures.Add(1, Tags(sweep, target));

    private static ReadOnlySpan<KeyValuePair<string, object?>> Tags(Sweep sweep, SweepTarget target) =>
        new KeyValuePair<string, object?>[] { new("sweep", sweep.Name), new("target", target.ToString()) };
}
