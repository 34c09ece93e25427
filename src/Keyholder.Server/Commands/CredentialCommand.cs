using System.CommandLine;
using System.Globalization;
using Keyholder.OAuth;
using Keyholder.Server.Endpoints.Api;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Upstream.Revocation;
using Keyholder.Vault;

namespace Keyholder.Server.Commands;

/// <summary>
/// <c>keyholder credential</c>: what the vault holds and for whom, read and deleted straight in the database, whether or not the server runs. No key of the
/// vault is needed for that, because no secret is opened. A running server learns of a deletion from the revocation log and revokes the tokens at their provider.
/// </summary>
internal static class CredentialCommand
{
    private const int RowIdSize = 16;

    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        return new Command("credential", "Lists, connects and deletes upstream credentials.")
        {
            CreateList(config, json, context),
            CreateDelete(config, context),
            CredentialConnectCommand.Create(config, context),
            CreateRevocations(config, json, context),
        };
    }

    private static Command CreateList(Option<string?> config, Option<bool> json, ProcessContext context)
    {
        var text = new Option<string?>("--query", "-q") { Description = "Only credentials whose provider, account or owner is called so." };
        var user = new Option<string?>("--user") { Description = "Only credentials of this user: a local user's name, or a user id." };
        var provider = new Option<string?>("--provider") { Description = "Only credentials of the provider with this name." };
        var status = new Option<string?>("--status") { Description = "Only active, orphaned, needs_reauth or needs_update ones." };
        var limit = LimitOption();
        var cursor = CursorOption();
        var command = new Command("list", "Lists credentials, newest first.") { text, user, provider, status, limit, cursor, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (configuration, _) = KeyholderCommand.Load(parsed.GetValue(config), context);
            var query = new CredentialQuery
            {
                Text = parsed.GetValue(text),
                Providers = parsed.GetValue(provider) is { } name ? [name] : null,
                Status = Parse(parsed.GetValue(status), CredentialWords.ParseStatus, CredentialWords.StatusProblem),
                After = ReadCursor(parsed.GetValue(cursor), "list"),
                Limit = ReadLimit(parsed.GetValue(limit)) + 1,
            };
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            if (parsed.GetValue(user) is { } nameOrId)
            {
                query = query with { Owner = new(CredentialOwnerKind.User, await SessionFilterOptions.FindUserIdAsync(nameOrId, storage.Users, cancellationToken)) };
            }

            var found = await storage.CredentialDirectory.ListAsync(query, context.Time.GetUtcNow(), cancellationToken);
            var page = new CredentialPage(
                [.. found.Take(query.Limit - 1).Select(c => CredentialDocument.Of(c, configuration.Resources.FindProvider(c.Credential.Key.Provider), mayConnect: false, headerNames: null))],
                found.Count == query.Limit ? found[^2].Position.ToString() : null);
            await PrintAsync(page, parsed.GetValue(json), context.Output);
            return 0;
        });
        return command;
    }

    private static Command CreateDelete(Option<string?> config, ProcessContext context)
    {
        var id = new Argument<string>("id") { Description = "The id that 'keyholder credential list' shows." };
        var command = new Command("delete", "Deletes a credential; a running server revokes its tokens at the provider.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var (rowId, now) = (new byte[RowIdSize], context.Time.GetUtcNow());
            if (!Base64UrlText.TryDecode(parsed.GetRequiredValue(id), rowId)
                || await storage.CredentialDirectory.FindAsync(rowId, now, cancellationToken) is not { Credential: var row }
                || !await CredentialRemoval.DeleteAsync(storage.CredentialDirectory, row, Operator.Actor, Operator.Origin, now))
            {
                throw new StartException("there is no credential with that id");
            }

            await context.Output.WriteLineAsync($"Deleted {CommandOutput.Text(row.Key.ToString())}. 'keyholder credential revocations' says what becomes of its tokens.");
            return 0;
        });
        return command;
    }

    private static Command CreateRevocations(Option<string?> config, Option<bool> json, ProcessContext context)
    {
        var status = new Option<string?>("--status") { Description = "Only pending, done or failed ones." };
        var limit = LimitOption();
        var cursor = CursorOption();
        var command = new Command("revocations", "Lists what became, at their providers, of credentials that were deleted, newest first.") { status, limit, cursor, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var query = new UpstreamRevocationQuery
            {
                Status = Parse(parsed.GetValue(status), CredentialWords.ParseRevocationStatus, CredentialWords.RevocationStatusProblem),
                After = ReadCursor(parsed.GetValue(cursor), "revocations"),
                Limit = ReadLimit(parsed.GetValue(limit)) + 1,
            };
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            await PrintAsync(UpstreamRevocationPage.Of(await storage.UpstreamRevocations.ListAsync(query, cancellationToken), query.Limit - 1), parsed.GetValue(json), context.Output);
            return 0;
        });
        return command;
    }

    private static Option<int> LimitOption() => new("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50 };

    private static Option<string?> CursorOption() => new("--cursor") { Description = "Where the page before ended." };

    private static int ReadLimit(int limit) => limit is > 0 and <= 500 ? limit : throw new StartException("--limit has to be from 1 to 500");

    private static RowPosition? ReadCursor(string? text, string command) =>
        text is null ? null
        : RowPosition.TryParse(text, out var position) ? position
        : throw new StartException($"--cursor is not one that 'keyholder credential {command}' printed");

    private static T? Parse<T>(string? text, Func<string, T?> parse, string problem)
        where T : struct => text is null ? null : parse(text) ?? throw new StartException("--status " + problem);

    private static async Task PrintAsync(CredentialPage page, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            await output.WriteJsonAsync(page, ApiJson.Default.CredentialPage);
            return;
        }

        await output.WriteTableAsync(
            ["ID", "PROVIDER", "OWNER", "ACCOUNT", "KIND", "STATUS", "REASON", "CREATED"],
            page.Credentials.Select(IReadOnlyList<string> (c) =>
            [
                c.Id,
                CommandOutput.Text(c.Provider),
                CommandOutput.Text(c.OwnerName ?? c.Owner),
                CommandOutput.Text(c.Account),
                c.Kind,
                c.Status,
                CommandOutput.Text(c.Reason ?? Wanting(c)),
                CommandOutput.Moment(c.CreatedAt),
            ]));
        await MoreAsync(page.NextCursor, output);
    }

    private static string? Wanting(CredentialDocument credential) =>
        credential.RefusedBy.Count > 0 ? "refused by " + string.Join(", ", credential.RefusedBy.Select(refusal => refusal.Resource))
        : credential.ScopesWantedBy.Count > 0 ? "scopes wanted by " + string.Join(", ", credential.ScopesWantedBy.Select(demand => demand.Resource))
        : null;

    private static async Task PrintAsync(UpstreamRevocationPage page, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            await output.WriteJsonAsync(page, ApiJson.Default.UpstreamRevocationPage);
            return;
        }

        await output.WriteTableAsync(
            ["ID", "PROVIDER", "OWNER", "CAUSE", "STATUS", "REASON", "TRIED", "NEXT", "CREATED"],
            page.Revocations.Select(IReadOnlyList<string> (r) =>
            [
                r.Id,
                CommandOutput.Text(r.Provider),
                CommandOutput.Text(r.Owner),
                r.Cause,
                r.Status,
                CommandOutput.Text(r.Reason),
                r.Attempts.ToString(CultureInfo.InvariantCulture),
                r.DueAt is { } due ? CommandOutput.Moment(due) : "-",
                CommandOutput.Moment(r.CreatedAt),
            ]));
        await MoreAsync(page.NextCursor, output);
    }

    private static Task MoreAsync(string? cursor, TextWriter output) => cursor is null ? Task.CompletedTask : output.WriteLineAsync($"More: --cursor {cursor}");
}
