using Keyholder.Maintenance;
using Keyholder.Resources;
using Keyholder.Server.Configuration;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Hosting;

/// <summary>Makes storage follow what the configuration declares before the server listens, then reconciles virtual keys from time to time.</summary>
internal sealed class ReconcileService(
    Declarations declarations, ReconcileLoop loop, IResourceSource resources, KeyholderConfiguration configuration, MaintenanceOptions options) : BackgroundService
{
    /// <exception cref="StartException">The configuration declares what cannot be; the message lists all of it.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var result = await declarations.ApplyAsync(Declaration.Of(resources.Current, configuration.VirtualKeys), record: null, cancellationToken);
        if (result.Plan.Problems is { Count: > 0 } problems)
        {
            throw new StartException($"the configuration has {problems.Count} problem(s):\n" + string.Join('\n', problems.Select(problem => "  " + problem)));
        }

        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Enabled ? loop.RunAsync(stoppingToken) : Task.CompletedTask;
}
