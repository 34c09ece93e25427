using System.CommandLine;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Commands;

/// <summary>
/// <c>keyholder vk</c>: virtual keys, made and changed straight in the database, whether or not the server runs. A running one learns of it from the
/// revocation log.
/// </summary>
internal static class VirtualKeyCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var command = new Command("vk", "Makes, changes and deletes virtual keys, and says what they may use.")
        {
            CreateCreate(config, context),
            VirtualKeyListCommand.CreateList(config, context),
            VirtualKeyListCommand.CreateShow(config, context),
            CreateUpdate(config, context),
            CreateRotate(config, context),
            CreateSwitch("deactivate", "Makes a key unusable until it is activated again.", active: false, config, context),
            CreateSwitch("activate", "Makes a deactivated key usable again.", active: true, config, context),
            CreateDelete(config, context),
        };
        GrantCommand.AddTo(command, config, context);
        return command;
    }

    /// <summary>Why nothing but the configuration changes a key.</summary>
    public const string DeclaredRefusal = "the configuration declares the key: change it there, under virtualKeys";

    /// <summary>The argument that names a key.</summary>
    public static Argument<string> KeyArgument() => new("key") { Description = "The key's name or id." };

    /// <summary>The key of that name or id.</summary>
    /// <exception cref="StartException">There is none.</exception>
    public static async Task<VirtualKey> FindAsync(IVirtualKeyStore store, string nameOrId, CancellationToken cancellationToken) =>
        await store.FindByNameAsync(nameOrId, cancellationToken) ?? await store.FindAsync(nameOrId, cancellationToken)
            ?? throw new StartException($"there is no virtual key '{CommandOutput.Text(nameOrId)}'");

    /// <summary>What writes the text of a key; needs the vault's keys.</summary>
    public static async Task<OpaqueTokenFormats> OpenFormatsAsync(
        KeyholderConfiguration configuration, IKeyholderStorage storage, ProcessContext context, CancellationToken cancellationToken)
    {
        var sealer = new EnvelopeSealer(VaultServices.OpenKeys(configuration, context.Time));
        return new OpaqueTokenFormats(await ServerSecrets.LoadAsync(storage.ServerSecrets, sealer, context.Time, cancellationToken));
    }

    /// <summary>Says why a write changed nothing.</summary>
    /// <exception cref="StartException">Whenever it did not do what was asked.</exception>
    public static void ThrowUnlessDone(VirtualKeyWriteOutcome outcome)
    {
        var refusal = outcome switch
        {
            VirtualKeyWriteOutcome.Done or VirtualKeyWriteOutcome.Unchanged => null,
            VirtualKeyWriteOutcome.NameTaken => "another virtual key has that name",
            VirtualKeyWriteOutcome.OwnerInactive => "--user names nobody, or a user who is disabled",
            VirtualKeyWriteOutcome.NotFound => "the key was deleted meanwhile",
            VirtualKeyWriteOutcome.Declared => DeclaredRefusal,
            _ => "the key was rotated meanwhile; try again",
        };
        if (refusal is not null)
        {
            throw new StartException(refusal);
        }
    }

    private static Command CreateCreate(Option<string?> config, ProcessContext context)
    {
        var name = new Argument<string>("name") { Description = "What the key is called." };
        var user = new Option<string?>("--user") { Description = "The user it belongs to, who has to be active for it to work: a sign-in name or an id." };
        var expiresAt = ExpiryOption("From when on it is refused");
        var command = new Command("create", "Makes a key and prints it, this once. It may use nothing until it is granted something.") { name, user, expiresAt };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var expiry = ReadExpiry(parsed.GetValue(expiresAt), context);
            CheckName(parsed.GetRequiredValue(name));
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var registry = await OpenRegistryAsync(parsed.GetValue(config), storage, context, cancellationToken);
            var owner = parsed.GetValue(user) is { } text ? await SessionFilterOptions.FindUserIdAsync(text, storage.Users, cancellationToken) : null;
            var (outcome, key, secret) = await registry.CreateAsync(parsed.GetRequiredValue(name), owner, expiry, Operator.Actor, Operator.Origin, cancellationToken);
            ThrowUnlessDone(outcome);
            await context.Output.WriteLineAsync($"Made virtual key {key.Id}. The key, shown only this once: {secret}");
            return 0;
        });
        return command;
    }

    private static Command CreateUpdate(Option<string?> config, ProcessContext context)
    {
        var key = KeyArgument();
        var name = new Option<string?>("--name") { Description = "What it shall be called." };
        var user = new Option<string?>("--user") { Description = "The user it shall belong to." };
        var noUser = new Option<bool>("--no-user") { Description = "It shall belong to nobody." };
        var expiresAt = ExpiryOption("From when on it shall be refused");
        var noExpiry = new Option<bool>("--no-expiry") { Description = "It shall not expire." };
        var command = new Command("update", "Changes what a key is called, whose it is or when it expires.") { key, name, user, noUser, expiresAt, noExpiry };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if ((parsed.GetValue(user) is not null && parsed.GetValue(noUser)) || (parsed.GetValue(expiresAt) is not null && parsed.GetValue(noExpiry)))
            {
                throw new StartException("--user and --no-user, and --expires-at and --no-expiry, exclude each other");
            }

            var expiry = ReadExpiry(parsed.GetValue(expiresAt), context);
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var change = new VirtualKeyChange
            {
                Name = parsed.GetValue(name) is { } text ? CheckName(text) : null,
                OwnerUserId = parsed.GetValue(noUser) ? new Assigned<string?>(null)
                    : parsed.GetValue(user) is { } owner ? new Assigned<string?>(await SessionFilterOptions.FindUserIdAsync(owner, storage.Users, cancellationToken))
                    : null,
                ExpiresAt = parsed.GetValue(noExpiry) ? new Assigned<DateTimeOffset?>(null) : expiry is not null ? new Assigned<DateTimeOffset?>(expiry) : null,
            };
            return change == new VirtualKeyChange()
                ? throw new StartException("say with options what shall change")
                : await ChangeAsync(storage, parsed.GetRequiredValue(key), change, context, cancellationToken);
        });
        return command;
    }

    private static Command CreateRotate(Option<string?> config, ProcessContext context)
    {
        var key = KeyArgument();
        var overlap = new Option<string>("--overlap")
        {
            Description = "How long the secret before works on, for example 10m or 1d; at most 30d.",
            DefaultValueFactory = _ => "0s",
        };
        var command = new Command("rotate", "Gives a key a new secret and prints the key, this once.") { key, overlap };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var time = Duration.Parse(parsed.GetRequiredValue(overlap)) is { } duration && VirtualKeyRules.IsOverlap(duration)
                ? duration
                : throw new StartException("--overlap has to be a duration from 0s to 30d, for example 10m");
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var registry = await OpenRegistryAsync(parsed.GetValue(config), storage, context, cancellationToken);
            var found = await FindAsync(storage.VirtualKeys, parsed.GetRequiredValue(key), cancellationToken);
            var (outcome, secret) = await registry.RotateAsync(found.Id, time, Operator.Actor, Operator.Origin, cancellationToken);
            ThrowUnlessDone(outcome);
            await context.Output.WriteLineAsync("Done. The key, shown only this once: " + secret);
            return 0;
        });
        return command;
    }

    private static Command CreateSwitch(string name, string description, bool active, Option<string?> config, ProcessContext context)
    {
        var key = KeyArgument();
        var command = new Command(name, description) { key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            return await ChangeAsync(storage, parsed.GetRequiredValue(key), new VirtualKeyChange { Active = active }, context, cancellationToken);
        });
        return command;
    }

    private static Command CreateDelete(Option<string?> config, ProcessContext context)
    {
        var key = KeyArgument();
        var command = new Command("delete", "Deletes a key with its grants and credentials, and revokes its sessions.") { key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var found = await FindAsync(storage.VirtualKeys, parsed.GetRequiredValue(key), cancellationToken);
            ThrowUnlessDone(await VirtualKeyRegistry.DeleteAsync(
                storage.VirtualKeys, found.Id, Operator.Actor, Operator.Origin, context.Time.GetUtcNow(), CancellationToken.None));
            await context.Output.WriteLineAsync("Done.");
            return 0;
        });
        return command;
    }

    private static async Task<int> ChangeAsync(
        IKeyholderStorage storage, string nameOrId, VirtualKeyChange change, ProcessContext context, CancellationToken cancellationToken)
    {
        var found = await FindAsync(storage.VirtualKeys, nameOrId, cancellationToken);
        var outcome = await VirtualKeyRegistry.UpdateAsync(
            storage.VirtualKeys, found.Id, change, Operator.Actor, Operator.Origin, context.Time.GetUtcNow(), CancellationToken.None);
        ThrowUnlessDone(outcome);
        await context.Output.WriteLineAsync(outcome == VirtualKeyWriteOutcome.Done ? "Done." : "Nothing to change.");
        return 0;
    }

    private static async Task<VirtualKeyRegistry> OpenRegistryAsync(string? path, IKeyholderStorage storage, ProcessContext context, CancellationToken cancellationToken) =>
        new(storage.VirtualKeys, await OpenFormatsAsync(KeyholderCommand.Load(path, context).Configuration, storage, context, cancellationToken), context.Time);

    private static Option<string?> ExpiryOption(string what) => new("--expires-at") { Description = what + ": an ISO 8601 date, UTC unless it names an offset." };

    private static DateTimeOffset? ReadExpiry(string? text, ProcessContext context) =>
        MomentText.Read(text) is var expiry && VirtualKeyRules.IsExpiry(expiry, context.Time.GetUtcNow())
            ? expiry
            : throw new StartException("--expires-at has to be in the future");

    private static string CheckName(string name) =>
        VirtualKeyRules.IsName(name) ? name : throw new StartException($"a name is 1 to {VirtualKeyRules.MaxNameLength} of a-z, A-Z, 0-9 and . _ -");
}
