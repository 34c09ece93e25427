using Keyholder.Storage;

namespace Keyholder.Maintenance;

/// <summary>Which rows go, and how long after their moment.</summary>
public sealed record SweepRule(SweepTarget Target, TimeSpan Retention);
