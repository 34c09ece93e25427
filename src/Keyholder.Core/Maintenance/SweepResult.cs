using Keyholder.Storage;

namespace Keyholder.Maintenance;

/// <summary>What one run of a sweep came to.</summary>
/// <param name="Deleted">How many rows went.</param>
/// <param name="Failures">Which of its rules failed, and were left for the next run.</param>
/// <param name="Finished">False when it was told to stop in between.</param>
public sealed record SweepResult(long Deleted, IReadOnlyList<(SweepTarget Target, Exception Failure)> Failures, bool Finished);
