using System.Net;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.Maintenance;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Configuration;

/// <summary>Everything the server was told, validated and immutable. Without any configuration: loopback, SQLite below the working directory, no resources.</summary>
public sealed record KeyholderConfiguration
{
    /// <summary>The configuration in force when nothing is configured.</summary>
    public static KeyholderConfiguration Default { get; } = new();

    /// <summary>The canonical issuer, from <c>server.publicUrl</c>.</summary>
    public Issuer Issuer { get; init; } = new("http://localhost:7717");

    /// <summary>Where to listen: absolute http or https URLs of a host, an address or <c>*</c>, with port.</summary>
    public IReadOnlyList<ListenAddress> Listen { get; init; } = [new ListenAddress(Secure: false, "localhost", 7717)];

    /// <summary>The certificate of the https addresses; null when there is none.</summary>
    public TlsConfiguration? Tls { get; init; }

    /// <summary>Proxies whose forwarded headers count; everyone else's are ignored.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Browser origins that may use the resources, besides Keyholder's own.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    public StorageConfiguration Storage { get; init; } = new();

    public VaultConfiguration Vault { get; init; } = new();

    public ImportConfiguration Import { get; init; } = new();

    public AccessTokenOptions AccessTokens { get; init; } = new();

    public SessionOptions Sessions { get; init; } = new();

    public RevocationOptions Revocation { get; init; } = new();

    public AuthorizationOptions Authorization { get; init; } = new();

    public ClientRegistrationOptions Registration { get; init; } = new();

    public ClientMetadataDocumentOptions ClientMetadataDocuments { get; init; } = new();

    public UpstreamOptions Upstream { get; init; } = new();

    public MaintenanceOptions Maintenance { get; init; } = new();

    /// <summary>The resources and providers.</summary>
    public ResourceSnapshot Resources { get; init; } = new([], []);

    /// <summary>The declared virtual keys.</summary>
    public IReadOnlyList<DeclaredKey> VirtualKeys { get; init; } = [];

    /// <summary>The pre-registered clients, their secrets hashed, and those whose metadata documents were copied here.</summary>
    public IReadOnlyList<Client> Clients { get; init; } = [];

    public LoggingConfiguration Logging { get; init; } = new();
}
