using System.CommandLine;
using Keyholder.Server.Configuration;
using Keyholder.Server.Endpoints.Api;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Server.Commands;

/// <summary>
/// <c>keyholder session</c>: connected clients, read and cut straight in the database, whether or not the server runs. A running one learns of it from the
/// revocation log.
/// </summary>
internal static class SessionCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        return new Command("session", "Lists connected clients and disconnects them.") { CreateList(config, json, context), CreateRevoke(config, json, context) };
    }

    private static Command CreateList(Option<string?> config, Option<bool> json, ProcessContext context)
    {
        var filter = new SessionFilterOptions();
        var text = new Option<string?>("--query", "-q") { Description = "Only sessions whose client or user is called so." };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50 };
        var cursor = new Option<string?>("--cursor") { Description = "Where the page before ended." };
        var command = new Command("list", "Lists sessions, newest first.") { text, limit, cursor, json };
        filter.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var selector = await filter.ReadAsync(parsed, storage.Users, cancellationToken);
            var query = new SessionQuery
            {
                Text = parsed.GetValue(text),
                MatchingClients = parsed.GetValue(text) is { } words ? KeyholderCommand.Load(parsed.GetValue(config), context).Configuration.ClientsMatching(words) : [],
                Subject = selector.Subject,
                SubjectKind = selector.SubjectKind,
                ClientId = selector.ClientId,
                After = ReadCursor(parsed.GetValue(cursor)),
                Limit = ReadLimit(parsed.GetValue(limit)) + 1,
            };
            var found = await storage.SessionDirectory.ListAsync(query, context.Time.GetUtcNow(), cancellationToken);
            await PrintAsync(found, query.Limit - 1, parsed.GetValue(json), context.Output);
            return 0;
        });
        return command;
    }

    private static Command CreateRevoke(Option<string?> config, Option<bool> json, ProcessContext context)
    {
        var filter = new SessionFilterOptions();
        var id = new Argument<string?>("id") { Description = "The session's id.", Arity = ArgumentArity.ZeroOrOne };
        var resource = new Option<string?>("--resource") { Description = "Only sessions for this resource URI." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say how many sessions would be revoked." };
        var command = new Command("revoke", "Revokes one session, or all that match the options.") { id, resource, dryRun, json };
        filter.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var selector = await filter.ReadAsync(parsed, storage.Users, cancellationToken) with { Resource = parsed.GetValue(resource) };
            var count = (parsed.GetValue(id), selector.IsEmpty, parsed.GetValue(dryRun)) switch
            {
                ({ } one, true, false) => await RevokeOneAsync(storage, one, context.Time.GetUtcNow()),
                (null, false, true) => await storage.SessionDirectory.CountAsync(selector, cancellationToken),
                (null, false, false) => await RevokeAllAsync(storage, selector, context.Time.GetUtcNow()),
                _ => throw new StartException("name one session by its id, or say with options which ones (--dry-run only with options)"),
            };
            await PrintAsync(count, parsed.GetValue(dryRun), parsed.GetValue(json), context.Output);
            return 0;
        });
        return command;
    }

    private static async Task<int> RevokeOneAsync(IKeyholderStorage storage, string text, DateTimeOffset now)
    {
        var outcome = SessionId.TryParse(text, out var id)
            ? await storage.Sessions.RevokeAsync(
                id,
                RevocationReasons.Operator,
                SessionRevocation.Entry(id, RevocationReasons.Operator, now),
                SessionRevocation.Audit(id, RevocationReasons.Operator, Operator.Actor, Operator.Origin, now),
                now,
                CancellationToken.None)
            : SessionRevokeOutcome.NotFound;
        return outcome switch
        {
            SessionRevokeOutcome.Revoked => 1,
            SessionRevokeOutcome.AlreadyRevoked => throw new StartException("the session is already revoked"),
            _ => throw new StartException("there is no session with that id"),
        };
    }

    private static async Task<int> RevokeAllAsync(IKeyholderStorage storage, SessionSelector selector, DateTimeOffset now)
    {
        var revoked = await storage.SessionDirectory.RevokeAsync(
            selector,
            RevocationReasons.Operator,
            SessionRevocation.EntriesExpireAt(now),
            SessionRevocation.Audit(null, RevocationReasons.Operator, Operator.Actor, Operator.Origin, now),
            now,
            CancellationToken.None);
        return revoked.Count > 0 ? revoked.Count : throw new StartException("no session matches");
    }

    private static RowPosition? ReadCursor(string? text) =>
        text is null ? null
        : RowPosition.TryParse(text, out var position) ? position
        : throw new StartException("--cursor is not one that 'keyholder session list' printed");

    private static int ReadLimit(int limit) => limit is > 0 and <= 500 ? limit : throw new StartException("--limit has to be from 1 to 500");

    private static async Task PrintAsync(IReadOnlyList<SessionListing> found, int limit, bool asJson, TextWriter output)
    {
        var page = found.Take(limit).ToList();
        var next = found.Count > limit ? page[^1].Position.ToString() : null;
        if (asJson)
        {
            var documents = page.Select(session => SessionDocument.Of(session, new Dictionary<string, string>())).ToList();
            await output.WriteJsonAsync(new SessionPage(documents, next), ApiJson.Default.SessionPage);
            return;
        }

        await output.WriteTableAsync(
            ["ID", "USER", "CLIENT", "RESOURCE", "CREATED", "LAST USED"],
            page.Select(IReadOnlyList<string> (session) =>
            [
                session.Id.ToString(),
                CommandOutput.Text(session.SubjectName ?? session.Subject.ToString()),
                CommandOutput.Text(session.ClientName ?? session.ClientId),
                CommandOutput.Text(session.Resource),
                CommandOutput.Moment(session.CreatedAt),
                CommandOutput.Moment(session.LastUsedAt),
            ]));
        if (next is not null)
        {
            await output.WriteLineAsync($"More: --cursor {next}");
        }
    }

    private static Task PrintAsync(int count, bool dryRun, bool asJson, TextWriter output) =>
        asJson ? output.WriteJsonAsync(new BulkRevocationResult(count, dryRun), ApiJson.Default.BulkRevocationResult)
        : output.WriteLineAsync(dryRun ? $"Would revoke {count} session(s)." : $"Revoked {count} session(s). A running server refuses their tokens as soon as it reads its revocation log.");
}
