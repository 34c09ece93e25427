using System.CommandLine;
using Keyholder.Audit;
using Keyholder.Server.Hosting;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder reconcile</c>: brings credentials of virtual keys in step with the grants, by the resources the server last started with.</summary>
internal static class ReconcileCommand
{
    private const int MaxPlanned = 100_000;

    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var plan = new Option<bool>("--plan") { Description = "Only print what would change, a line each; nothing when all is as the grants say." };
        var command = new Command("reconcile", "Brings the credentials of virtual keys in step with their grants. Servers do so by themselves.") { plan };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            if (parsed.GetValue(plan))
            {
                await PrintAsync(await storage.Reconciliation.PlanAsync(MaxPlanned, cancellationToken), context.Output);
                return 0;
            }

            var now = context.Time.GetUtcNow();
            var audit = new AuditEvent { At = now, Action = AuditActions.GrantChanged, Actor = Operator.Actor, Target = "reconciliation" };
            var (orphaned, restored, flows) = await storage.Reconciliation.ReconcileAllAsync(audit, now, cancellationToken);
            await context.Output.WriteLineAsync($"{orphaned} credentials orphaned, {restored} restored, {flows} pending flows deleted.");
            return 0;
        });
        return command;
    }

    private static async Task PrintAsync(IReadOnlyList<PlannedChange> plan, TextWriter output)
    {
        foreach (var (kind, key, provider) in plan)
        {
            var what = kind switch
            {
                PlannedChangeKind.Orphan => "orphan credential",
                PlannedChangeKind.Restore => "restore credential",
                _ => "delete flow",
            };
            await output.WriteLineAsync($"{what} vk:{key}@{CommandOutput.Text(provider)}");
        }
    }
}
