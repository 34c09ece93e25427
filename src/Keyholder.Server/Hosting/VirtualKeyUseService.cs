using Keyholder.VirtualKeys;

namespace Keyholder.Server.Hosting;

/// <summary>Writes down from time to time, and at the end, when virtual keys were used.</summary>
internal sealed partial class VirtualKeyUseService(VirtualKeyUses uses, TimeProvider time, ILogger<VirtualKeyUseService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await FlushAsync();
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            await uses.FlushAsync(CancellationToken.None);
        }
#pragma warning disable CA1031 // Nothing depends on it, and it is tried again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNotWritten(failure);
        }
    }

    [LoggerMessage(2302, LogLevel.Warning, "When virtual keys were used could not be written down; it is tried again")]
    private partial void LogNotWritten(Exception failure);
}
