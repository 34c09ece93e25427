using Keyholder.OAuth;

namespace Keyholder.Resources;

/// <summary>
/// Keyholder's own API as a protected resource, <c>{issuer}/api</c>: clients authorize for it as for any other, and because it is an audience of its own no
/// token for an upstream opens it, nor the reverse.
/// </summary>
public static class ApiResource
{
    /// <summary>See and end one's own sessions.</summary>
    public const string SessionsScope = "keyholder:sessions";

    /// <summary>See one's own upstream credentials, without their secrets, delete them, and get links to connect what is missing.</summary>
    public const string CredentialsScope = "keyholder:credentials";

    /// <summary>Everything the API can do. The user has to be an administrator when it is granted and whenever it is used.</summary>
    public const string AdminScope = "keyholder:admin";

    /// <summary>The resource below an issuer.</summary>
    public static Resource Create(Issuer issuer) => new()
    {
        Name = "api",
        Uri = issuer.At(EndpointPaths.Api),
        MetadataUri = issuer.At(EndpointPaths.ProtectedResourceMetadata + EndpointPaths.Api),
        DisplayName = "Keyholder",
        Upstream = new Uri(issuer.At(EndpointPaths.Api)),
        Auth = ResourceAuthKind.None,
        Scopes =
        [
            new ResourceScope(SessionsScope, "See the apps you have connected, and disconnect them"),
            new ResourceScope(CredentialsScope, "See the accounts you have connected, remove them, and ask for the page where others are connected"),
            new ResourceScope(AdminScope, "Administer Keyholder: see and disconnect everyone's apps, read the audit trail", AdministratorsOnly: true),
        ],
        DefaultScopes = [SessionsScope],
        RequiredScopes = [],
        MaxRequestBodyBytes = 64 * 1024,
        ActivityTimeout = TimeSpan.FromMinutes(1),
        EndStreamsAtTokenExpiry = true,
    };
}
