using System.CommandLine;
using Keyholder.Server.Hosting;
using Keyholder.Tokens;
using Keyholder.Vault;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder admin token</c>: bearer tokens of the administration API, made and revoked straight in the database.</summary>
internal static class AdminCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var name = new Argument<string>("name") { Description = "What the token is called." };
        var create = new Command("create", "Makes a token and prints it, this once.") { name };
        create.SetAction((parsed, cancellationToken) => CreateAsync(parsed.GetValue(config), context, parsed.GetRequiredValue(name), cancellationToken));
        var revoke = new Command("revoke", "Revokes a token. A running server refuses it at once.") { name };
        revoke.SetAction((parsed, cancellationToken) => RevokeAsync(parsed.GetValue(config), context, parsed.GetRequiredValue(name), cancellationToken));
        var list = new Command("list", "Lists the tokens.");
        list.SetAction((parsed, cancellationToken) => ListAsync(parsed.GetValue(config), context, cancellationToken));
        return new Command("admin", "Administers Keyholder.") { new Command("token", "Tokens of the administration API.") { create, list, revoke } };
    }

    private static async Task<int> CreateAsync(string? path, ProcessContext context, string name, CancellationToken cancellationToken)
    {
        if (!AdminTokens.IsName(name))
        {
            throw new StartException($"a name is 1 to {AdminTokens.MaxNameLength} of a-z, A-Z, 0-9 and . _ -");
        }

        var (configuration, _) = KeyholderCommand.Load(path, context);
        await using var storage = await StorageServices.OpenForCommandAsync(configuration, context, cancellationToken);
        var sealer = new EnvelopeSealer(VaultServices.OpenKeys(configuration, context.Time));
        var secrets = await ServerSecrets.LoadAsync(storage.ServerSecrets, sealer, context.Time, cancellationToken);
        var tokens = new AdminTokens(storage.AdminTokens, new OpaqueTokenFormats(secrets), context.Time);
        var token = await tokens.CreateAsync(name, Operator.Actor, cancellationToken)
            ?? throw new StartException("a token of that name exists or existed; names are given once");
        await context.Output.WriteLineAsync("Done. The token, shown only this once: " + token);
        return 0;
    }

    private static async Task<int> RevokeAsync(string? path, ProcessContext context, string name, CancellationToken cancellationToken)
    {
        await using var storage = await StorageServices.OpenForCommandAsync(path, context, cancellationToken);
        if (!await AdminTokens.RevokeAsync(storage.AdminTokens, name, Operator.Actor, context.Time.GetUtcNow(), cancellationToken))
        {
            throw new StartException("there is no token of that name that works");
        }

        await context.Output.WriteLineAsync("Done.");
        return 0;
    }

    private static async Task<int> ListAsync(string? path, ProcessContext context, CancellationToken cancellationToken)
    {
        await using var storage = await StorageServices.OpenForCommandAsync(path, context, cancellationToken);
        var tokens = await storage.AdminTokens.ListAsync(cancellationToken);
        await context.Output.WriteTableAsync(
            ["NAME", "ID", "CREATED", "REVOKED"],
            tokens.Select(IReadOnlyList<string> (token) =>
                [token.Name, token.RevocationId, CommandOutput.Moment(token.CreatedAt), token.RevokedAt is { } at ? CommandOutput.Moment(at) : "-"]));
        return 0;
    }
}
