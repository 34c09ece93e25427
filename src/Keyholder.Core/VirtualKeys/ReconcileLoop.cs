using Keyholder.Audit;
using Keyholder.Maintenance;
using Keyholder.Resources;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.VirtualKeys;

/// <summary>
/// Tells storage at the start what the configuration says of the resources, and reconciles every virtual key from time to time. Each change reconciles in its own
/// transaction already, so the pass finds work only after somebody changed rows by hand.
/// </summary>
public sealed partial class ReconcileLoop(
    IReconciliationStore store, IResourceSource resources, MaintenanceOptions options, TimeProvider time, ILogger<ReconcileLoop> logger)
{
    /// <summary>Makes storage know the current resources. Whatever it throws means that nothing was changed.</summary>
    public Task MirrorAsync(CancellationToken cancellationToken) => MirrorAsync(resources.Current, cancellationToken);

    /// <summary>As <see cref="MirrorAsync(CancellationToken)"/>, of resources that are about to be in force.</summary>
    public async Task MirrorAsync(ResourceSnapshot next, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Report(await store.MirrorAsync(ResourceMirror.Of(next), Audit(now), now, cancellationToken));
    }

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
            Report(await store.ReconcileAllAsync(Audit(now), now, cancellationToken));
        }
#pragma warning disable CA1031 // The next pass may succeed.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(failure);
        }
    }

    private void Report(ReconcileResult result)
    {
        if (!result.IsEmpty)
        {
            LogChanged(result.Orphaned, result.Restored, result.FlowsDeleted);
        }
    }

    private static AuditEvent Audit(DateTimeOffset now) =>
        new() { At = now, Action = AuditActions.GrantChanged, Actor = "system", Target = "reconciliation" };

    [LoggerMessage(2300, LogLevel.Information, "Reconciled virtual keys: {Orphaned} credentials orphaned, {Restored} restored, {Flows} pending flows deleted")]
    private partial void LogChanged(int orphaned, int restored, int flows);

    [LoggerMessage(2301, LogLevel.Error, "Virtual keys could not be reconciled; the next pass tries again")]
    private partial void LogFailed(Exception failure);
}
