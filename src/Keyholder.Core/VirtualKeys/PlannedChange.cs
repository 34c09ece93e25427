namespace Keyholder.VirtualKeys;

/// <summary>One thing a reconciliation would change now.</summary>
/// <param name="Kind">What it would do.</param>
/// <param name="KeyId">Of which virtual key.</param>
/// <param name="Provider">The provider's logical name.</param>
public sealed record PlannedChange(PlannedChangeKind Kind, string KeyId, string Provider);
