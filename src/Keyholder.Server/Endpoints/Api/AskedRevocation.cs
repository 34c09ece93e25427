using Keyholder.Revocation;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>What a caller asks of the kill switch.</summary>
/// <param name="Request">What is to be refused.</param>
/// <param name="DryRun">Whether the sessions it means are only counted.</param>
internal sealed record AskedRevocation(RevocationRequest Request, bool DryRun);
