namespace Keyholder.Resources;

/// <summary>What the operator adds to the discovery of an upstream's authorization server. Usually nothing.</summary>
public sealed record DiscoveryDefinition
{
    /// <summary>Who holds the credentials: <c>subject</c> (each user or virtual key one), <c>session</c> (each session its own) or <c>shared</c> (one for everybody, connected by an administrator).</summary>
    public ProviderOwner Owner { get; init; } = ProviderOwner.Subject;

    /// <summary>The only authorization server to accept. Default: the one the upstream names.</summary>
    public string? Issuer { get; init; }

    /// <summary>The id Keyholder is registered under there, when it is. Default: its own metadata document, else dynamic registration.</summary>
    public string? ClientId { get; init; }

    /// <summary>Keyholder's secret there; needs <c>issuer</c>, so that no other authorization server is ever shown it.</summary>
    public string? ClientSecret { get; init; }

    /// <summary><c>client_secret_basic</c>, <c>client_secret_post</c> or <c>none</c>. Default: <c>client_secret_basic</c> with a secret, else <c>none</c>.</summary>
    public string? ClientAuthMethod { get; init; }

    /// <summary>Which redirect URI of Keyholder's is registered for the <c>clientId</c>: <c>shared</c> (<c>{server.publicUrl}/upstream/callback</c>), which needs <c>issuer</c> too, or <c>own</c> (<c>{server.publicUrl}/callback/NAME</c>). Default: <c>shared</c> with both <c>issuer</c> and <c>clientId</c>, else <c>own</c>.</summary>
    public ProviderCallback? Callback { get; init; }

    /// <summary>The scopes to ask for. Default: those the upstream asks for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Whether what discovery finds may be on private addresses and plain http: for development, and for networks where nobody else names servers.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Whether to leave out the <c>resource</c> parameter (RFC 8707), for authorization servers that refuse it.</summary>
    public bool OmitResource { get; init; }

    /// <summary>Whether to trust that the authorization server supports PKCE with S256 although its metadata does not say so.</summary>
    public bool AssumePkce { get; init; }

    /// <inheritdoc />
    public override string ToString() => "discovery definition";
}
