using Keyholder.Maintenance;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Hosting;

/// <summary>Tells storage of the configured resources before the server listens, then reconciles virtual keys from time to time.</summary>
internal sealed class ReconcileService(ReconcileLoop loop, MaintenanceOptions options) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await loop.MirrorAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Enabled ? loop.RunAsync(stoppingToken) : Task.CompletedTask;
}
