namespace Keyholder.Server.Endpoints.Api;

/// <summary>The answer to a bulk revocation.</summary>
/// <param name="Count">How many sessions were, or with <paramref name="DryRun"/> would be, revoked.</param>
/// <param name="DryRun">Whether nothing was done.</param>
internal sealed record BulkRevocationResult(int Count, bool DryRun);
