using Keyholder.Maintenance;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Hosting;

/// <summary>Seals anew what superseded keys have sealed, on the one node of the cluster that holds the lease. Costs next to nothing while there is nothing to do.</summary>
internal sealed partial class ResealService(
    Resealer resealer, LeaseClaim lease, VaultKeySource keys, IAuditStore audit, TimeProvider time, ILogger<ResealService> logger) : BackgroundService
{
    public const string LeaseName = "reseal";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public static TimeSpan LeaseDuration { get; } = TimeSpan.FromMinutes(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (keys.Current.HasSupersededAt(time.GetUtcNow() - RetirePolicy.Settling))
            {
                await RunAsync(stoppingToken);
            }
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await lease.HoldAsync(stoppingToken))
            {
                await ReportAsync(await resealer.RunAsync(lease.HoldAsync, static _ => { }, stoppingToken));
            }
        }
#pragma warning disable CA1031 // What is sealed with the old key still opens; the next attempt may succeed.
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(failure);
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    private async Task ReportAsync(ResealResult result)
    {
        if (result.Unopened > 0)
        {
            LogUnopened(result.Unopened);
        }

        if (result.Resealed > 0)
        {
            LogResealed(result.Resealed, result.KeyId);
            await audit.AppendAsync(VaultKeyAudit.Resealed(result, "system", time.GetUtcNow()), CancellationToken.None);
        }
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await lease.ReleaseAsync();
        }
#pragma warning disable CA1031 // It expires by itself.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(failure);
        }
    }

    [LoggerMessage(1652, LogLevel.Information, "Sealed {Count} values anew with the vault key {Key}")]
    private partial void LogResealed(long count, string key);

    [LoggerMessage(1653, LogLevel.Warning, "{Count} values sealed with superseded vault keys cannot be opened; 'keyholder keys verify' names them")]
    private partial void LogUnopened(long count);

    [LoggerMessage(1654, LogLevel.Error, "Sealing anew with the newest vault key failed; it is tried again")]
    private partial void LogFailed(Exception failure);
}
