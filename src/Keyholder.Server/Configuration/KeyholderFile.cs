using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.Maintenance;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Tokens;
using Keyholder.Upstream;

namespace Keyholder.Server.Configuration;

/// <summary>The configuration file as it is written: every key there is. keyholder.schema.json is made from this type and the types it names.</summary>
public sealed record KeyholderFile
{
    /// <summary>Where the server listens and under which name it is known.</summary>
    public ServerSection Server { get; init; } = new();

    /// <summary>Where state is kept.</summary>
    public StorageConfiguration Storage { get; init; } = new();

    /// <summary>The keys credentials are sealed with.</summary>
    public VaultConfiguration Vault { get; init; } = new();

    /// <summary>Credentials and identities of an earlier key scheme, taken over before the server listens.</summary>
    public ImportConfiguration Import { get; init; } = new();

    /// <summary>Access tokens.</summary>
    public AccessTokenOptions Tokens { get; init; } = new();

    /// <summary>Sessions, authorization codes and refresh tokens.</summary>
    public SessionOptions Sessions { get; init; } = new();

    /// <summary>How closely the server follows revocations that others write.</summary>
    public RevocationOptions Revocation { get; init; } = new();

    /// <summary>The authorization endpoint and signing in.</summary>
    public AuthorizationOptions Authorization { get; init; } = new();

    /// <summary>Dynamic client registration.</summary>
    public ClientRegistrationOptions Registration { get; init; } = new();

    /// <summary>Clients whose id is the URL of their description (client-id metadata documents).</summary>
    public ClientMetadataDocumentOptions ClientMetadataDocuments { get; init; } = new();

    /// <summary>Keyholder as a client of providers.</summary>
    public UpstreamOptions Upstream { get; init; } = new();

    /// <summary>Sweeps: deletion of what can no longer matter.</summary>
    public MaintenanceOptions Maintenance { get; init; } = new();

    /// <summary>How the server logs.</summary>
    public LoggingConfiguration Logging { get; init; } = new();

    /// <summary>Name → provider: the parties credentials come from.</summary>
    public IReadOnlyDictionary<string, ProviderDefinition> Providers { get; init; } = new OrderedDictionary<string, ProviderDefinition>();

    /// <summary>Name → resource: the upstreams Keyholder exposes.</summary>
    public IReadOnlyDictionary<string, ResourceDefinition> Resources { get; init; } = new OrderedDictionary<string, ResourceDefinition>();

    /// <summary>Name → virtual key: the keys the configuration manages, without their secrets, and what they may use.</summary>
    public IReadOnlyDictionary<string, VirtualKeyDefinition> VirtualKeys { get; init; } = new OrderedDictionary<string, VirtualKeyDefinition>();

    /// <summary>Client id → pre-registered client.</summary>
    public IReadOnlyDictionary<string, ClientDefinition> Clients { get; init; } = new OrderedDictionary<string, ClientDefinition>();
}
