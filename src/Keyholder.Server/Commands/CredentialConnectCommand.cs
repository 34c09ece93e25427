using System.CommandLine;
using Keyholder.Authorization.Connect;
using Keyholder.Resources;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Commands;

/// <summary>
/// <c>keyholder credential connect</c>: prints the link at which a person connects what everybody shares, or what a virtual key uses. The link gives no rights, so none is lost with it:
/// an administrator signs in there, or the key's owner, or whoever has the key shows it.
/// </summary>
internal static class CredentialConnectCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var provider = new Option<string>("--provider") { Description = "The provider to connect.", Required = true };
        var resource = new Option<string?>("--resource") { Description = "The resource that uses it: a name or URI. Left out for a shared provider." };
        var key = new Option<string?>("--vk") { Description = "The virtual key it is for: a name or an id." };
        var command = new Command("connect", "Prints the link at which a shared provider, or an account of a virtual key, is connected.") { provider, resource, key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (configuration, _) = KeyholderCommand.Load(parsed.GetValue(config), context);
            await using var storage = await StorageServices.OpenForCommandAsync(configuration, context, cancellationToken);
            var secrets = await ServerSecrets.LoadAsync(storage.ServerSecrets, new EnvelopeSealer(VaultServices.OpenKeys(configuration, context.Time)), context.Time, cancellationToken);
            var links = new ConnectLinks(storage.ConnectLinks, secrets, configuration.Issuer, context.Time);
            var (name, nameOfResource) = (parsed.GetRequiredValue(provider), parsed.GetValue(resource));
            var link = (nameOfResource, parsed.GetValue(key)) switch
            {
                (null, null) => await links.CreateSharedAsync(FindShared(configuration.Resources, name), cancellationToken),
                ({ } used, { } nameOrId) => await CreateAsync(links, storage, configuration, used, name, nameOrId, context, cancellationToken),
                (null, _) => throw new StartException("--vk needs --resource: the one the key wants to use it for"),
                _ => throw new StartException("--resource needs --vk: a user's own accounts are connected by the user, from an app or with POST /api/credentials/connect"),
            };
            await context.Output.WriteLineAsync($"Open within {(int)ConnectLinks.Lifetime.TotalMinutes} minutes, and sign in as one who may connect it: {link}");
            return 0;
        });
        return command;
    }

    private static Provider FindShared(ResourceSnapshot resources, string name) => resources.FindProvider(name) is { Owner: ProviderOwner.Shared } provider
        ? provider
        : throw new StartException($"there is no shared provider '{CommandOutput.Text(name)}'; --resource and --vk connect one for a virtual key");

    private static async Task<Uri> CreateAsync(
        ConnectLinks links,
        IKeyholderStorage storage,
        KeyholderConfiguration configuration,
        string resourceName,
        string providerName,
        string nameOrId,
        ProcessContext context,
        CancellationToken cancellationToken)
    {
        var resource = configuration.Resources.FindByName(resourceName) ?? configuration.Resources.FindByUri(resourceName)
            ?? throw new StartException($"there is no resource '{CommandOutput.Text(resourceName)}'");
        var provider = ConnectPolicy.Find(SubjectKind.VirtualKey, resource, providerName)
            ?? throw new StartException($"'{CommandOutput.Text(providerName)}' is no provider that a virtual key connects for '{resource.Name}'");
        var key = await VirtualKeyCommand.FindAsync(storage.VirtualKeys, nameOrId, cancellationToken);
        var now = context.Time.GetUtcNow();
        var usable = await storage.Grants.FindAccessAsync(key.Id, cancellationToken) is { } access
            && access.StatusAt(now) == VirtualKeyStatus.Active
            && access.Key.HasSecretAt(now)
            && access.FindGrant(resource.Name) is not null;
        return usable
            ? await links.CreateAsync(new Subject(SubjectKind.VirtualKey, key.Id), resource, provider, cancellationToken)
            : throw new StartException($"the virtual key may not use '{resource.Name}' now: it is inactive, expired, revoked, or not granted it ('keyholder vk show', 'keyholder vk grants')");
    }
}
