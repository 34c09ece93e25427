using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.Maintenance;

/// <summary>Runs a sweep: batch after batch, with a pause between them that leaves the database to those who wait for it.</summary>
public sealed partial class Sweeper(ISweepStore store, MaintenanceOptions options, SweepMetrics metrics, TimeProvider time, ILogger<Sweeper> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs every rule of the sweep. A rule that fails is logged and counted, and the next one runs all the same.</summary>
    /// <param name="sweep">What to delete.</param>
    /// <param name="mayGoOn">Asked before every batch; false ends the run. Its exceptions are the caller's.</param>
    /// <param name="cancellationToken">Ends the run; a batch that has begun is finished.</param>
    public async Task<SweepResult> RunAsync(Sweep sweep, Func<CancellationToken, ValueTask<bool>> mayGoOn, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        var failures = new List<(SweepTarget, Exception)>();
        var finished = true;
        foreach (var rule in sweep.Rules)
        {
            while (finished = await mayGoOn(cancellationToken))
            {
                var (found, gone, failure) = await DeleteBatchAsync(sweep, rule, cancellationToken);
                deleted += gone;
                if (failure is not null)
                {
                    failures.Add((rule.Target, failure));
                }

                // A full batch of which nothing went was changed under way: the next run looks again, instead of this one for ever.
                if (gone == 0 || found < options.BatchSize)
                {
                    break;
                }

                await Task.Delay(Pause, time, cancellationToken);
            }

            if (!finished)
            {
                break;
            }
        }

        if (deleted > 0)
        {
            LogDeleted(sweep.Name, deleted);
        }

        return new SweepResult(deleted, failures, finished);
    }

    /// <summary>One transaction.</summary>
    private async Task<(int Found, int Deleted, Exception? Failure)> DeleteBatchAsync(Sweep sweep, SweepRule rule, CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            var (found, deleted) = await store.DeleteAsync(rule.Target, now - rule.Retention, options.BatchSize, now, cancellationToken);
            metrics.Deleted(sweep, rule.Target, deleted);
            return (found, deleted, null);
        }
#pragma warning disable CA1031 // Whatever keeps one rule from working must not keep the others.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            metrics.Failed(sweep, rule.Target);
            LogFailed(failure, sweep.Name, rule.Target);
            return (0, 0, failure);
        }
    }

    [LoggerMessage(2200, LogLevel.Information, "Sweep {Sweep} deleted {Deleted} rows")]
    private partial void LogDeleted(string sweep, long deleted);

    [LoggerMessage(2201, LogLevel.Error, "Sweep {Sweep} failed at {Target}; it is tried again at its next run")]
    private partial void LogFailed(Exception failure, string sweep, SweepTarget target);
}
