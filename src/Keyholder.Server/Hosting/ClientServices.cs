using Keyholder.Clients;
using Keyholder.Server.Endpoints;

namespace Keyholder.Server.Hosting;

/// <summary>Registers client registration, look-up and authentication, and the metadata documents.</summary>
internal static class ClientServices
{
    /// <summary>Registers the part. Needs the client, snapshot, assertion and audit stores and the guarded HTTP client of the upstream part.</summary>
    public static void AddClients(this IServiceCollection services, IReadOnlyList<Client> configured)
    {
        services.AddSingleton(new ConfiguredClients(configured));
        services.AddSingleton<ClientMetadataDocuments>();
        services.AddSingleton<ClientSnapshots>();
        services.AddSingleton<ClientAssertions>();
        services.AddSingleton<DocumentFetchRateLimit>();
        services.AddSingleton<ClientDirectory>();
        services.AddSingleton<IClientDirectory>(provider => provider.GetRequiredService<ClientDirectory>());
        services.AddSingleton<ClientConfiguration>();
        services.AddSingleton<IClientAuthenticator, ClientAuthenticator>();
        services.AddSingleton<ClientRegistration>();
        services.AddSingleton<RegistrationRateLimit>();
        services.AddSingleton<MetadataDocuments>();
    }
}
