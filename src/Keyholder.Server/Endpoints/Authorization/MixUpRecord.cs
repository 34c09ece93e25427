using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Upstream;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Keeps a record of answers that were refused as a mix-up: each is an attack, or a provider that breaks its promise to name itself.</summary>
internal sealed class MixUpRecord(IAuditStore audit, AuthorizationEnding ending)
{
    /// <summary>Records the leg if it ended so.</summary>
    public Task AddAsync(HttpContext http, AuthorizationRequest request, Provider provider, CompletedLeg leg) => leg.Outcome == LegOutcome.MixedUp
        ? audit.AppendAsync(ending.Audit(http, request, AuditActions.UpstreamMixUpRefused, "provider:" + provider.Name) with { Reason = leg.Debug }, CancellationToken.None)
        : Task.CompletedTask;
}
