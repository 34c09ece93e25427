using System.CommandLine;
using Keyholder.Audit;
using Keyholder.Import;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder import</c>: credentials and identities of an earlier key scheme, from a file. Safe to end at any point and to begin again.</summary>
internal static class ImportCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var file = new Argument<string?>("file") { Description = "The file: one JSON object a line, readable by its owner only.", Arity = ArgumentArity.ZeroOrOne };
        var providers = new Option<string[]>("--provider") { Description = "TYPE=NAME or TYPE@RESOURCE=NAME: what the file calls a provider, and the provider it is. Default: import.providers of the configuration." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be imported." };
        var abandon = new Option<bool>("--abandon") { Description = "Give up imports that were not finished; what they have stored stays." };
        var command = new Command("import", "Takes over credentials and identities of an earlier key scheme.") { file, providers, dryRun, abandon };
        command.SetAction((parsed, cancellationToken) => (parsed.GetValue(file), parsed.GetValue(abandon), parsed.GetValue(dryRun)) switch
        {
            (null, true, false) => AbandonAsync(parsed.GetValue(config), context, cancellationToken),
            ({ } path, false, var dry) => RunAsync(parsed.GetValue(config), path, parsed.GetValue(providers) ?? [], dry, context, cancellationToken),
            _ => throw new StartException("name a file, or say --abandon and nothing else"),
        });
        return command;
    }

    private static async Task<int> RunAsync(string? config, string path, string[] names, bool dryRun, ProcessContext context, CancellationToken cancellationToken)
    {
        var (configuration, _) = KeyholderCommand.Load(config, context);
        var providers = names.Length > 0 ? ReadNames(names) : configuration.Import.Providers;
        await using var storage = await StorageServices.OpenForCommandAsync(config, context, cancellationToken);
        var sealer = new EnvelopeSealer(await VaultServices.OpenKeysToSealAsync(configuration, storage, context.Time, cancellationToken));
        var import = new FileImport(storage, configuration.Resources, sealer, context.Time);
        var (file, plan) = await import.PlanAsync(path, providers, cancellationToken);
        foreach (var problem in plan.PassedOver)
        {
            await context.Output.WriteLineAsync($"Passed over: {problem}");
        }

        if (dryRun)
        {
            var known = await CountJournalledAsync(plan, storage.Imports, cancellationToken);
            await context.Output.WriteLineAsync(
                $"Would import {plan.Credentials.Count} credential(s) and {plan.Identities.Count} identities, {known} of which are in the journal already. Nothing was changed.");
            return 0;
        }

        var report = await import.RunAsync(path, file, plan, Operator.Actor, cancellationToken);
        await context.Output.WriteLineAsync(
            $"Imported {report.Imported} record(s), read them back, and kept {report.Kept} that were there already. {path} is not needed any more: delete it.");
        return 0;
    }

    private static async Task<int> AbandonAsync(string? config, ProcessContext context, CancellationToken cancellationToken)
    {
        await using var storage = await StorageServices.OpenForCommandAsync(config, context, cancellationToken);
        var abandoned = new AuditEvent { At = context.Time.GetUtcNow(), Action = AuditActions.ImportAbandoned, Actor = Operator.Actor, Target = "imports" };
        var count = await storage.Imports.AbandonAsync(abandoned, cancellationToken);
        await context.Output.WriteLineAsync(count > 0 ? $"Gave up {count} import(s); what they have stored stays." : "No import is unfinished.");
        return 0;
    }

    private static async Task<int> CountJournalledAsync(ImportPlan plan, IImportStore imports, CancellationToken cancellationToken)
    {
        var known = 0;
        foreach (var record in plan.Credentials.Select(c => c.Record).Concat(plan.Identities.Select(i => i.Record)))
        {
            known += await imports.FindAsync(record, cancellationToken) is null ? 0 : 1;
        }

        return known;
    }

    private static Dictionary<string, string> ReadNames(string[] names)
    {
        var mapping = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in names)
        {
            if (text.Split('=') is not [{ Length: > 0 } type, { Length: > 0 } name] || !mapping.TryAdd(type, name))
            {
                throw new StartException($"--provider {text} is no TYPE=NAME, or its type is there twice");
            }
        }

        return mapping;
    }
}
