using System.CommandLine;
using System.Text;
using Keyholder.Audit;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Commands;

/// <summary>
/// <c>keyholder apply</c>: puts a checked file in place of the configuration file, whole, and says what that changes. A running server follows. Declared virtual keys
/// are made, changed and withdrawn at once, before the file is in place: so whoever applies it is the one who makes the keys, and is shown them.
/// </summary>
internal static class ApplyCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var file = new Option<string>("--file", "-f") { Description = "The configuration to apply: a whole configuration file.", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would change." };
        var command = new Command("apply", "Replaces the configuration file by another one, if that has no problem, says what changes, and prints the virtual keys it makes, this once.") { file, dryRun };
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
        var wanted = KeyholderCommand.Require(next);
        var declaration = Declaration.Of(wanted.Resources, wanted.VirtualKeys);
        await using var storage = await OpenAsync(configuration.Storage, dryRun, context, cancellationToken);
        await context.Output.WriteLineAsync("Database: " + StorageServices.Describe(configuration.Storage) + (storage is null && configuration.Storage.Kind != StorageKind.Memory
            ? ", which is missing, or older than this Keyholder, and is left so: only what changes in the file is known."
            : ""));
        var plan = storage is null ? DeclarationPlan.Empty : await storage.Declarations.PlanAsync(declaration, context.Time.GetUtcNow(), cancellationToken);
        Require(plan, file);
        var changes = ConfigurationChanges.Find(running.Definitions!, next.Definitions!).Concat(VirtualKeyChanges.Of(plan)).Distinct().ToList();
        foreach (var change in changes)
        {
            await context.Output.WriteLineAsync(change.ToString());
        }

        if (changes.Count == 0)
        {
            await context.Output.WriteLineAsync(storage is null ? "Nothing changes in the file." : "Nothing changes.");
            return 0;
        }

        if (dryRun)
        {
            await context.Output.WriteLineAsync($"Would make {changes.Count} change(s) to {target}. Nothing was changed.");
            return 0;
        }

        using (var replacement = WholeFile.Prepare(target, content))
        {
            if (storage is not null)
            {
                await FollowAsync(storage, declaration, plan, changes.Count, configuration, file, context, cancellationToken);
            }

            replacement.Put();
        }

        await context.Output.WriteLineAsync(
            $"Made {changes.Count} change(s) to {target}. A running server takes them over within {Duration.Format(running.Definitions!.Server.ReloadInterval)}"
            + (changes.Any(change => change.NeedsRestart) ? ", those marked so at its next start." : "."));
        return 0;
    }

    /// <summary>The database of the server that runs; null when there is none to ask. A dry run asks every one it can read without making or migrating it.</summary>
    private static async Task<IKeyholderStorage?> OpenAsync(StorageConfiguration storage, bool dryRun, ProcessContext context, CancellationToken cancellationToken) => storage.Kind switch
    {
        StorageKind.Memory => null,
        _ when dryRun => await StorageServices.OpenAsItIsAsync(storage, context.Time, cancellationToken),
        _ => await StorageServices.OpenAsync(storage, context.Time, cancellationToken),
    };

    private static async Task FollowAsync(
        IKeyholderStorage storage,
        Declaration declaration,
        DeclarationPlan plan,
        int changes,
        KeyholderConfiguration configuration,
        string file,
        ProcessContext context,
        CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();
        var secrets = plan.Created.ToDictionary(key => key.Name, _ => TokenSecret.Create(), StringComparer.Ordinal);
        var formats = secrets.Count > 0 ? await VirtualKeyCommand.OpenFormatsAsync(configuration, storage, context, cancellationToken) : null;
        var audit = new AuditEvent { At = now, Action = AuditActions.GrantChanged, Actor = Operator.Actor, Target = "configuration" };
        var result = await storage.Declarations.ApplyAsync(
            declaration with { SecretHashes = secrets.ToDictionary(secret => secret.Key, secret => secret.Value.Hash(), StringComparer.Ordinal) },
            audit,
            audit with { Action = AuditActions.ConfigurationApplied, Reason = $"{changes} changes" },
            now,
            cancellationToken);
        Require(result.Plan, file);
        foreach (var key in result.Plan.Created)
        {
            await context.Output.WriteLineAsync(formats is not null && secrets.TryGetValue(key.Name, out var secret) && SessionId.TryParse(key.Id, out var id)
                ? $"Made virtual key {key.Name}, {key.Id}. The key, shown only this once: {formats.VirtualKey.Format(new OpaqueToken(id, key.Generation, secret))}"
                : $"Made virtual key {key.Name}, {key.Id}, which has no secret yet: 'keyholder vk rotate {key.Name}' gives it one.");
        }
    }

    /// <exception cref="StartException">The database says that it cannot be.</exception>
    private static void Require(DeclarationPlan plan, string file)
    {
        if (plan.Problems.Count > 0)
        {
            throw new StartException(KeyholderCommand.Describe(new ConfigurationResult(null, file, plan.Problems)));
        }
    }
}
