using Keyholder.Upstream.Revocation;

namespace Keyholder.Server.Hosting;

/// <summary>Works off the outbox of upstream revocations as long as the server runs.</summary>
internal sealed class UpstreamRevocationService(UpstreamRevoker revoker) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => revoker.RunAsync(stoppingToken);
}
