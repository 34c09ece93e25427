using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Server.Configuration;
using Keyholder.Server.Endpoints;
using Keyholder.Server.Endpoints.Api;
using Keyholder.Server.Endpoints.Authorization;
using Keyholder.Server.Gateway;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Vault;

namespace Keyholder.Server.Hosting;

/// <summary>The composition root: every part of the server registers itself here, with one line.</summary>
internal static class KeyholderServices
{
    /// <summary>Registers what needs no I/O to be made.</summary>
    public static void AddKeyholder(this IServiceCollection services, KeyholderConfiguration configuration, TimeProvider time)
    {
        services.AddSingleton(time);
        services.AddSingleton(configuration);
        services.AddSingleton(configuration.Issuer);
        services.AddSingleton(configuration.AccessTokens);
        services.AddSingleton(configuration.Sessions);
        services.AddSingleton(configuration.Revocation);
        services.AddSingleton(configuration.Authorization);
        services.AddSingleton(configuration.Registration);
        services.AddSingleton(configuration.ClientMetadataDocuments);
        services.AddSingleton(new AuthorizationServerFeatures(
            configuration.Registration.Enabled, configuration.ClientMetadataDocuments.Enabled, configuration.Authorization.RequirePushedRequests));
        services.AddSingleton(configuration.Upstream);
        services.AddSingleton(new ConfiguredResources(configuration.Resources.WithApi(ApiResource.Create(configuration.Issuer))));
        services.AddSingleton<IResourceSource>(provider => provider.GetRequiredService<ConfiguredResources>());
        services.AddSingleton<ConfigurationHealth>();

        services.AddClients(configuration.Clients);
        services.AddUpstream();
        services.AddAuthorizationFlow();
        services.AddRevocation();
        services.AddTokens();
        services.AddMaintenance(configuration.Maintenance);
        services.AddVirtualKeys();
        services.AddGateway();
        services.AddApi();
    }

    /// <summary>Registers what has to be opened or loaded first: server secrets, signing keys. Runs before the server listens; whatever it throws ends the start.</summary>
    public static async Task LoadKeyholderAsync(
        this IServiceCollection services, KeyholderConfiguration configuration, IKeyholderStorage storage, TimeProvider time, CancellationToken cancellationToken)
    {
        services.AddStorage(storage);
        var keys = VaultServices.OpenKeys(configuration, time);
        var agreement = await VaultServices.JoinAsync(keys, storage, time, cancellationToken);
        services.AddVault(keys, agreement, configuration);
        try
        {
            var sealer = new EnvelopeSealer(keys);
            await StartupImport.RunAsync(configuration, storage, sealer, time, cancellationToken);
            services.AddSingleton(await ServerSecrets.LoadAsync(storage.ServerSecrets, sealer, time, cancellationToken));
            services.AddSingleton(await SigningKeyRing.LoadAsync(storage.ServerSecrets, sealer, time, cancellationToken));
        }
        catch
        {
            await agreement.DisposeAsync();
            throw;
        }
    }
}
