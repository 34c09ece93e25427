using System.CommandLine;
using System.Text;
using Keyholder.Audit;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Vault;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder apply</c>: puts a checked file in place of the configuration file, whole, and says what that changes. A running server follows.</summary>
internal static class ApplyCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var file = new Option<string>("--file", "-f") { Description = "The configuration to apply: a whole configuration file.", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would change." };
        var command = new Command("apply", "Replaces the configuration file by another one, if that has no problem, and says what changes.") { file, dryRun };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(config), parsed.GetRequiredValue(file), parsed.GetValue(dryRun), context, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? path, string file, bool dryRun, ProcessContext context, CancellationToken cancellationToken)
    {
        var running = ConfigurationLoader.Load(path, context.Environment);
        var configuration = KeyholderCommand.Require(running);
        if (running.File is not { } target)
        {
            throw new StartException($"there is no configuration file to replace; name it with --config, or start the server with one ({ConfigurationLoader.DefaultFile} in its working directory)");
        }

        var content = await File.ReadAllBytesAsync(file, cancellationToken);
        var next = ConfigurationLoader.Parse(Encoding.UTF8.GetString(content), context.Environment) with { File = file };
        KeyholderCommand.Require(next);
        var changes = ConfigurationChanges.Find(running.Definitions!, next.Definitions!);
        foreach (var change in changes)
        {
            await context.Output.WriteLineAsync(change.ToString());
        }

        if (changes.Count == 0)
        {
            await context.Output.WriteLineAsync("Nothing changes.");
            return 0;
        }

        if (dryRun)
        {
            await context.Output.WriteLineAsync($"Would make {changes.Count} change(s) to {target}. Nothing was changed.");
            return 0;
        }

        await AuditAsync(configuration, changes.Count, context, cancellationToken);
        WholeFile.Replace(target, content);
        await context.Output.WriteLineAsync(
            $"Made {changes.Count} change(s) to {target}. A running server takes them over within {Duration.Format(running.Definitions!.Server.ReloadInterval)}"
            + (changes.Any(change => change.NeedsRestart) ? ", those marked so at its next start." : "."));
        return 0;
    }

    private static async Task AuditAsync(KeyholderConfiguration configuration, int changes, ProcessContext context, CancellationToken cancellationToken)
    {
        if (configuration.Storage.Kind == StorageKind.Memory)
        {
            return;
        }

        await using var storage = await StorageServices.OpenAsync(configuration.Storage, context.Time, cancellationToken);
        var applied = new AuditEvent { At = context.Time.GetUtcNow(), Action = AuditActions.ConfigurationApplied, Actor = Operator.Actor, Target = "configuration", Reason = $"{changes} changes" };
        await storage.Audit.AppendAsync(applied, cancellationToken);
    }
}
