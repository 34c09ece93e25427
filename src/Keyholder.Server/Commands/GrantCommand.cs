using System.CommandLine;
using Keyholder.Server.Endpoints.Api;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder vk grant</c>, <c>revoke-grant</c>, <c>grants</c>, and the same for every key.</summary>
internal static class GrantCommand
{
    public static void AddTo(Command vk, Option<string?> config, ProcessContext context)
    {
        vk.Add(CreateGrant(config, context));
        vk.Add(CreateRevoke(config, context));
        vk.Add(CreateList(config, context));
        vk.Add(CreateToAll("grant-all", "Lets every key use a resource.", put: true, config, context));
        vk.Add(CreateToAll("revoke-grant-all", "Takes back what grant-all gave.", put: false, config, context));
    }

    private static Command CreateGrant(Option<string?> config, ProcessContext context)
    {
        var key = VirtualKeyCommand.KeyArgument();
        var resource = ResourceArgument();
        var tools = new Option<string[]>("--tool", "-t") { Description = "What it may use there, once per tool; left out = everything.", DefaultValueFactory = _ => [] };
        var none = new Option<bool>("--no-tools") { Description = "It may use the resource, but nothing of it." };
        var command = new Command("grant", "Lets a key use a resource, or changes what it may use there.") { key, resource, tools, none };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var list = parsed.GetRequiredValue(tools);
            if (GrantRules.FindProblem(list) is { } problem)
            {
                throw new StartException("--tool " + problem);
            }

            if (list.Length > 0 && parsed.GetValue(none))
            {
                throw new StartException("--tool and --no-tools exclude each other");
            }

            var name = CheckResource(parsed.GetRequiredValue(resource), list, parsed.GetValue(config), context);
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var found = await VirtualKeyCommand.FindAsync(storage.VirtualKeys, parsed.GetRequiredValue(key), cancellationToken);
            var grant = new Grant(name, list.Length == 0 && !parsed.GetValue(none) ? null : list);
            return await ReportAsync(await Registry(storage, context).PutAsync(found.Id, grant, Operator.Actor, Operator.Origin), context);
        });
        return command;
    }

    private static Command CreateRevoke(Option<string?> config, ProcessContext context)
    {
        var key = VirtualKeyCommand.KeyArgument();
        var resource = ResourceArgument();
        var command = new Command("revoke-grant", "Takes a grant back.") { key, resource };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var found = await VirtualKeyCommand.FindAsync(storage.VirtualKeys, parsed.GetRequiredValue(key), cancellationToken);
            var outcome = await Registry(storage, context).RemoveAsync(found.Id, parsed.GetRequiredValue(resource), Operator.Actor, Operator.Origin);
            return await ReportAsync(outcome, context);
        });
        return command;
    }

    private static Command CreateList(Option<string?> config, ProcessContext context)
    {
        var key = VirtualKeyCommand.KeyArgument();
        var command = new Command("grants", "Lists what a key may use.") { key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var found = await VirtualKeyCommand.FindAsync(storage.VirtualKeys, parsed.GetRequiredValue(key), cancellationToken);
            var access = await storage.Grants.FindAccessAsync(found.Id, cancellationToken) ?? throw new StartException("the key was deleted meanwhile");
            await context.Output.WriteTableAsync(
                ["RESOURCE", "TOOLS", "GRANTED TO"],
                GrantsEndpoints.Documents(access).Select(IReadOnlyList<string> (grant) =>
                    [CommandOutput.Text(grant.Resource), grant.Tools is { } tools ? CommandOutput.Text(string.Join(' ', tools)) : "all", grant.ToAll ? "every key" : "the key"]));
            return 0;
        });
        return command;
    }

    private static Command CreateToAll(string name, string description, bool put, Option<string?> config, ProcessContext context)
    {
        var resource = ResourceArgument();
        var command = new Command(name, description) { resource };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = parsed.GetRequiredValue(resource);
            if (put)
            {
                CheckResource(text, [], parsed.GetValue(config), context);
            }

            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var registry = Registry(storage, context);
            var outcome = put
                ? await registry.PutToAllAsync(text, Operator.Actor, Operator.Origin)
                : await registry.RemoveToAllAsync(text, Operator.Actor, Operator.Origin);
            return await ReportAsync(outcome, context);
        });
        return command;
    }

    private static Argument<string> ResourceArgument() => new("resource") { Description = "The resource's name." };

    private static GrantRegistry Registry(IKeyholderStorage storage, ProcessContext context) => new(storage.Grants, context.Time);

    private static string CheckResource(string name, IEnumerable<string> tools, string? path, ProcessContext context)
    {
        if (KeyholderCommand.Load(path, context).Configuration.Resources.FindByName(name) is not { } resource)
        {
            throw new StartException($"no resource '{CommandOutput.Text(name)}' is configured");
        }

        return tools.FirstOrDefault(tool => !resource.Tools.Policy.Knows(tool)) is { } unknown
            ? throw new StartException($"--tool '{CommandOutput.Text(unknown)}' is not one of resources.{name}.tools.allow")
            : name;
    }

    private static async Task<int> ReportAsync(GrantWriteOutcome outcome, ProcessContext context)
    {
        var done = outcome switch
        {
            GrantWriteOutcome.Done => "Done.",
            GrantWriteOutcome.Unchanged => "Nothing to change.",
            GrantWriteOutcome.KeyNotFound => throw new StartException("the key was deleted meanwhile"),
            GrantWriteOutcome.Declared => throw new StartException(VirtualKeyCommand.DeclaredRefusal),
            GrantWriteOutcome.Configured => throw new StartException("the configuration grants the resource to every key: take it back there"),
            _ => throw new StartException("there is no such grant"),
        };
        await context.Output.WriteLineAsync(done);
        return 0;
    }
}
