using System.CommandLine;
using Keyholder.Maintenance;
using Keyholder.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder sweep</c>: every sweep once, straight on the database. Safe beside running servers, which need not notice.</summary>
internal static class SweepCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var command = new Command("sweep", "Deletes what can no longer matter, once, and says how much that was.");
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(config), context, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? path, ProcessContext context, CancellationToken cancellationToken)
    {
        var (configuration, _) = KeyholderCommand.Load(path, context);
        await using var storage = await StorageServices.OpenForCommandAsync(configuration, context, cancellationToken);
        using var metrics = new SweepMetrics();
        var sweeper = new Sweeper(storage.Sweeps, configuration.Maintenance, metrics, context.Time, NullLogger<Sweeper>.Instance);
        var exitCode = 0;
        foreach (var sweep in SweepPlan.Of(configuration.Maintenance))
        {
            var result = await sweeper.RunAsync(sweep, static _ => new(true), cancellationToken);
            await context.Output.WriteLineAsync($"{sweep.Name}\t{result.Deleted}");
            foreach (var (target, failure) in result.Failures)
            {
                exitCode = 1;
                await context.Error.WriteLineAsync($"keyholder: sweep {sweep.Name} failed at {target}: {failure.Message}");
            }
        }

        return exitCode;
    }
}
