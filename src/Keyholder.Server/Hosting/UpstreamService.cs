using Keyholder.Resources;
using Keyholder.Upstream;

namespace Keyholder.Server.Hosting;

/// <summary>
/// What Keyholder does with providers unasked: before the server listens it records which client it is of each, then it keeps shared credentials fresh, and when it stops it
/// waits for the refreshes under way, so that no provider's answer goes unstored.
/// </summary>
internal sealed class UpstreamService(UpstreamRegistrations registrations, UpstreamAuthorizer authorizer, IResourceSource resources, UpstreamOptions options, TimeProvider time)
    : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await registrations.RecordAsync(resources.Current.Providers, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await authorizer.WhenIdleAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.SharedRefreshInterval, time);
        try
        {
            do
            {
                await authorizer.RefreshSharedAsync(resources.Current.Providers, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The way it ends.
        }
    }
}
