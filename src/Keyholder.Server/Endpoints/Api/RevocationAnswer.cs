namespace Keyholder.Server.Endpoints.Api;

/// <summary>The answer to <c>POST /api/revocations</c>.</summary>
/// <param name="Revocation">What stands, or with <paramref name="DryRun"/> would stand.</param>
/// <param name="Sessions">How many live sessions it means.</param>
/// <param name="DryRun">Whether nothing was done.</param>
internal sealed record RevocationAnswer(RevocationDocument Revocation, int Sessions, bool DryRun);
