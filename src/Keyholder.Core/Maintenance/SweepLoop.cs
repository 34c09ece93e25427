using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.Maintenance;

/// <summary>Runs the sweeps that are due, on the one node of the cluster that holds the lease.</summary>
public sealed partial class SweepLoop(
    Sweeper sweeper, SweepSchedule schedule, ILeaseStore leases, MaintenanceOptions options, TimeProvider time, ILogger<SweepLoop> logger)
{
    /// <summary>The name of the lease.</summary>
    public const string LeaseName = "sweep";

    private readonly LeaseClaim _lease = new(leases, LeaseName, options.LeaseDuration, time);

    /// <summary>Sweeps until cancelled, then lets go of the lease. Nothing but the cancellation ends it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.LeaseDuration / 3, time);
        try
        {
            do
            {
                await RunDueAsync(cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way it ends.
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    private async Task RunDueAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await _lease.HoldAsync(cancellationToken))
            {
                return;
            }

            foreach (var sweep in schedule.Due(time.GetUtcNow()))
            {
                var began = time.GetUtcNow();
                var result = await sweeper.RunAsync(sweep, _lease.HoldAsync, cancellationToken);
                if (!result.Finished)
                {
                    LogLost(sweep.Name);
                    return;
                }

                schedule.Ran(sweep, began);
            }
        }
#pragma warning disable CA1031 // The lease cannot be reached: nobody sweeps until it can.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogUnreachable(failure);
        }
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await _lease.ReleaseAsync();
        }
#pragma warning disable CA1031 // It expires by itself.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNotReleased(failure);
        }
    }

    [LoggerMessage(2202, LogLevel.Error, "The sweep lease cannot be read; nothing is swept until it can")]
    private partial void LogUnreachable(Exception failure);

    [LoggerMessage(2203, LogLevel.Warning, "Another node took over while sweep {Sweep} ran")]
    private partial void LogLost(string sweep);

    [LoggerMessage(2204, LogLevel.Information, "The sweep lease was not released and will expire")]
    private partial void LogNotReleased(Exception failure);
}
