using Keyholder.Maintenance;

namespace Keyholder.Server.Hosting;

/// <summary>Runs the sweeps as long as the server runs. When it is disposed the last batch is over, whether or not the host was ever stopped.</summary>
internal sealed class SweepService(SweepLoop loop) : BackgroundService, IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        Dispose();
        if (ExecuteTask is { } running)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync(stoppingToken);
}
