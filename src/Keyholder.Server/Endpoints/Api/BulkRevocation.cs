using Keyholder.Sessions;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>What a bulk revocation asks for.</summary>
/// <param name="Selector">Which sessions.</param>
/// <param name="DryRun">Whether they are only counted.</param>
internal sealed record BulkRevocation(SessionSelector Selector, bool DryRun);
