namespace Keyholder.Resources;

/// <summary>A provider as the operator wrote it, not validated yet.</summary>
public sealed record ProviderDefinition
{
    /// <summary>The built-in definition (see Provider catalogue) that fills every field left out here. Default: the one named like the entry, when the entry says neither kind nor issuer nor endpoints.</summary>
    public string? Catalogue { get; init; }

    /// <summary>The name people see. Default: the key of the entry.</summary>
    public string? DisplayName { get; init; }

    /// <summary>What the provider speaks: <c>oidc</c> (found by discovery), <c>oauth2</c>, or <c>headers</c> (people submit the values of declared headers). Required.</summary>
    public ProviderKind? Kind { get; init; }

    /// <summary>The issuer URL. Required for <c>oidc</c>; for <c>oauth2</c> it may be left out when both endpoints are given.</summary>
    public string? Issuer { get; init; }

    /// <summary>The authorization endpoint, for <c>oauth2</c> providers without metadata.</summary>
    public string? AuthorizationEndpoint { get; init; }

    /// <summary>The token endpoint, for <c>oauth2</c> providers without metadata.</summary>
    public string? TokenEndpoint { get; init; }

    /// <summary>Who holds its credentials: <c>subject</c> (each user or virtual key one), <c>session</c> (each session its own) or <c>shared</c> (one for everybody, connected by an administrator).</summary>
    public ProviderOwner Owner { get; init; } = ProviderOwner.Subject;

    /// <summary>Where refresh tokens are spent, when it is not the token endpoint.</summary>
    public string? RefreshEndpoint { get; init; }

    /// <summary>Where tokens are revoked (RFC 7009). Default: what the metadata names.</summary>
    public string? RevocationEndpoint { get; init; }

    /// <summary>The id Keyholder is registered under. Required but for <c>headers</c>.</summary>
    public string? ClientId { get; init; }

    /// <summary>Keyholder's secret at the provider; left out for a public client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary><c>client_secret_basic</c>, <c>client_secret_post</c> or <c>none</c>. Default: <c>client_secret_basic</c> with a secret, else <c>none</c>.</summary>
    public string? ClientAuthMethod { get; init; }

    /// <summary>The scopes to ask for. Default: those of the catalogue, else none.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>What stands between scopes: <c>space</c> (RFC 6749) or <c>comma</c>. Default: <c>space</c>.</summary>
    public ScopeSeparator? ScopeSeparator { get; init; }

    /// <summary>The authorization parameter that carries the scopes. Default: <c>scope</c>.</summary>
    public string? ScopeParameter { get; init; }

    /// <summary>Extra parameters of the authorization request, such as <c>prompt</c> or <c>access_type</c>; those the protocol sets are refused. An empty value leaves out one of the catalogue's.</summary>
    public IReadOnlyDictionary<string, string> AuthorizationParameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether people may sign in to Keyholder with this provider; <c>oidc</c> only.</summary>
    public bool SignIn { get; init; }

    /// <summary>The RFC 8707 <c>resource</c> to send; left out = none.</summary>
    public string? ResourceParameter { get; init; }

    /// <summary>The headers people submit, for kind <c>headers</c>: name → how the form asks for it.</summary>
    public IReadOnlyDictionary<string, DeclaredHeaderDefinition> Headers { get; init; } = new OrderedDictionary<string, DeclaredHeaderDefinition>();

    /// <summary>How requests to the token endpoint are written: <c>form</c> (RFC 6749) or <c>json</c>. Default: <c>form</c>.</summary>
    public TokenRequestFormat? TokenRequestFormat { get; init; }

    /// <summary>How the token endpoint's answers differ from RFC 6749.</summary>
    public TokenResponseMapping? TokenResponse { get; init; }

    /// <summary>What names the account a credential belongs to. Default: the ID token for <c>oidc</c>, otherwise nothing.</summary>
    public IdentityMapping? Identity { get; init; }

    /// <summary>Which redirect URI of Keyholder's is registered with the provider: <c>shared</c> (<c>{server.publicUrl}/upstream/callback</c>) or <c>own</c> (<c>{server.publicUrl}/callback/NAME</c>), which keeps mix-up away from providers whose answers do not name their issuer. Default: <c>shared</c>.</summary>
    public ProviderCallback? Callback { get; init; }

    /// <summary>Whether to trust that the provider supports PKCE with S256 although its metadata does not say so. Default: false.</summary>
    public bool? AssumePkce { get; init; }

    /// <inheritdoc />
    public override string ToString() => "provider definition";
}
