using Keyholder.Audit;
using Keyholder.Maintenance;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.VirtualKeys;

/// <summary>
/// Reconciles every virtual key from time to time. Each change reconciles in its own transaction already, so the pass finds work only after somebody changed rows by
/// hand.
/// </summary>
public sealed partial class ReconcileLoop(IReconciliationStore store, MaintenanceOptions options, TimeProvider time, ILogger<ReconcileLoop> logger)
{
    /// <summary>Reconciles until cancelled. Nothing but the cancellation ends it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.ReconcileInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await ReconcileAsync(cancellationToken);
        }
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            var audit = new AuditEvent { At = now, Action = AuditActions.GrantChanged, Actor = "system", Target = "reconciliation" };
            var result = await store.ReconcileAllAsync(audit, now, cancellationToken);
            if (!result.IsEmpty)
            {
                LogChanged(result.Orphaned, result.Restored, result.FlowsDeleted);
            }
        }
#pragma warning disable CA1031 // The next pass may succeed.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(failure);
        }
    }

    [LoggerMessage(2300, LogLevel.Information, "Reconciled virtual keys: {Orphaned} credentials orphaned, {Restored} restored, {Flows} pending flows deleted")]
    private partial void LogChanged(int orphaned, int restored, int flows);

    [LoggerMessage(2301, LogLevel.Error, "Virtual keys could not be reconciled; the next pass tries again")]
    private partial void LogFailed(Exception failure);
}
