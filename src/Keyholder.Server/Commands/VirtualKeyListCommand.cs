using System.CommandLine;
using Keyholder.Server.Endpoints.Api;
using Keyholder.Server.Hosting;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder vk list</c> and <c>show</c>.</summary>
internal static class VirtualKeyListCommand
{
    public static Command CreateList(Option<string?> config, ProcessContext context)
    {
        var user = new Option<string?>("--user") { Description = "Only keys of this user: a sign-in name or an id." };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50 };
        var cursor = new Option<string?>("--cursor") { Description = "Where the page before ended." };
        var json = JsonOption();
        var command = new Command("list", "Lists keys in name order.") { user, limit, cursor, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var size = parsed.GetValue(limit) is > 0 and <= 500 and var asked ? asked : throw new StartException("--limit has to be from 1 to 500");
            var after = parsed.GetValue(cursor);
            if (after is not null && !VirtualKeyRules.IsName(after))
            {
                throw new StartException("--cursor is not one that 'keyholder vk list' printed");
            }

            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var owner = parsed.GetValue(user) is { } text ? await SessionFilterOptions.FindUserIdAsync(text, storage.Users, cancellationToken) : null;
            var found = await storage.VirtualKeys.ListAsync(new VirtualKeyQuery { OwnerUserId = owner, After = after, Limit = size + 1 }, cancellationToken);
            var page = found.Take(size).ToList();
            await PrintAsync(page, found.Count > size ? page[^1].Name : null, parsed.GetValue(json), context);
            return 0;
        });
        return command;
    }

    public static Command CreateShow(Option<string?> config, ProcessContext context)
    {
        var key = VirtualKeyCommand.KeyArgument();
        var json = JsonOption();
        var command = new Command("show", "Shows a key, without its secret.") { key, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var found = await VirtualKeyCommand.FindAsync(storage.VirtualKeys, parsed.GetRequiredValue(key), cancellationToken);
            if (parsed.GetValue(json))
            {
                await context.Output.WriteJsonAsync(VirtualKeyDocument.Of(found, context.Time.GetUtcNow()), ApiJson.Default.VirtualKeyDocument);
            }
            else
            {
                await PrintAsync([found], null, asJson: false, context);
            }

            return 0;
        });
        return command;
    }

    private static Option<bool> JsonOption() => new("--json") { Description = "Print JSON." };

    private static async Task PrintAsync(IReadOnlyList<VirtualKey> page, string? next, bool asJson, ProcessContext context)
    {
        var now = context.Time.GetUtcNow();
        if (asJson)
        {
            await context.Output.WriteJsonAsync(new VirtualKeyPage([.. page.Select(key => VirtualKeyDocument.Of(key, now))], next), ApiJson.Default.VirtualKeyPage);
            return;
        }

        await context.Output.WriteTableAsync(
            ["NAME", "ID", "STATUS", "USER", "EXPIRES", "LAST USED", "DECLARED"],
            page.Select(IReadOnlyList<string> (key) =>
            [
                key.Name,
                key.Id,
                key.SecretHash is null ? "no secret" : VirtualKeyDocument.StatusWord(key.StatusAt(now)),
                CommandOutput.Text(key.OwnerUserId),
                Moment(key.ExpiresAt),
                Moment(key.LastUsedAt),
                key.Declared switch { true => "yes", false => "no more", null => "-" },
            ]));
        if (next is not null)
        {
            await context.Output.WriteLineAsync($"More: --cursor {next}");
        }
    }

    private static string Moment(DateTimeOffset? time) => time is { } at ? CommandOutput.Moment(at) : "-";
}
