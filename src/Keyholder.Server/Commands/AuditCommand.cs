using System.CommandLine;
using System.Globalization;
using Keyholder.Audit;
using Keyholder.Server.Endpoints.Api;
using Keyholder.Server.Hosting;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder audit</c>: the audit trail, read straight from the database.</summary>
internal static class AuditCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50 };
        var before = new Option<long?>("--before") { Description = "Only events written before the one with this number." };
        var action = new Option<string?>("--action") { Description = "Only events of this kind, for example session.revoked." };
        var actor = new Option<string?>("--actor") { Description = "Only what this actor did, for example user:ID." };
        var target = new Option<string?>("--target") { Description = "Only what was done to this target, for example session:ID." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("audit", "Shows the audit trail, the latest event first.") { limit, before, action, actor, target, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var count = parsed.GetValue(limit);
            if (count is < 1 or > 10_000)
            {
                throw new StartException("--limit has to be from 1 to 10000");
            }

            var query = new AuditQuery
            {
                Action = parsed.GetValue(action),
                Actor = parsed.GetValue(actor),
                Target = parsed.GetValue(target),
                Before = parsed.GetValue(before),
                Limit = count + 1,
            };
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            await PrintAsync(await storage.AuditTrail.ListAsync(query, cancellationToken), count, parsed.GetValue(json), context.Output);
            return 0;
        });
        return command;
    }

    private static async Task PrintAsync(IReadOnlyList<AuditEntry> found, int limit, bool asJson, TextWriter output)
    {
        var page = found.Take(limit).ToList();
        if (asJson)
        {
            var documents = page.Select(AuditDocument.Of).ToList();
            await output.WriteJsonAsync(new AuditPage(documents, found.Count > limit ? documents[^1].Id : null), ApiJson.Default.AuditPage);
            return;
        }

        await output.WriteTableAsync(
            ["NO", "AT", "ACTION", "ACTOR", "TARGET", "REASON", "FROM", "REQUEST"],
            page.Select(IReadOnlyList<string> (entry) =>
            [
                entry.Sequence.ToString(CultureInfo.InvariantCulture),
                CommandOutput.Moment(entry.Event.At),
                CommandOutput.Text(entry.Event.Action),
                CommandOutput.Text(entry.Event.Actor),
                CommandOutput.Text(entry.Event.Target),
                CommandOutput.Text(entry.Event.Reason),
                CommandOutput.Text(entry.Event.RemoteAddress),
                CommandOutput.Text(entry.Event.RequestId),
            ]));
    }
}
