namespace Keyholder.Maintenance;

/// <summary>Deletion of what can no longer matter, at an interval of its own.</summary>
/// <param name="Name">The name in logs, metrics and on the command line.</param>
/// <param name="Interval">How often it is due.</param>
/// <param name="Rules">What goes, in order.</param>
public sealed record Sweep(string Name, TimeSpan Interval, IReadOnlyList<SweepRule> Rules);
