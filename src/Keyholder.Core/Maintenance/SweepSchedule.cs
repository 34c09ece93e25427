namespace Keyholder.Maintenance;

/// <summary>Which sweeps are due. Each is judged alone, by when it last ran on this node; one that never did is due at once.</summary>
public sealed class SweepSchedule(IReadOnlyList<Sweep> sweeps)
{
    private readonly Dictionary<string, DateTimeOffset> _lastRun = new(StringComparer.Ordinal);

    /// <summary>The sweeps that are due, in order. A clock that was set back makes them due rather than late.</summary>
    public IReadOnlyList<Sweep> Due(DateTimeOffset now) =>
        [.. sweeps.Where(sweep => !_lastRun.TryGetValue(sweep.Name, out var last) || now < last || now - last >= sweep.Interval)];

    /// <summary>Remembers that a sweep began at <paramref name="at"/>.</summary>
    public void Ran(Sweep sweep, DateTimeOffset at) => _lastRun[sweep.Name] = at;
}
