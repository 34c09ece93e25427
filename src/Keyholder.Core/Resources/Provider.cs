using System.Diagnostics.CodeAnalysis;

namespace Keyholder.Resources;

/// <summary>An upstream party that issues credentials, as configured. Immutable and validated.</summary>
public sealed record Provider
{
    /// <summary>The logical name: the key of credentials and identities.</summary>
    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public required ProviderKind Kind { get; init; }

    /// <summary>The issuer, compared byte for byte; null only when every endpoint is configured.</summary>
    public string? Issuer { get; init; }

    public Uri? AuthorizationEndpoint { get; init; }

    public Uri? TokenEndpoint { get; init; }

    /// <summary>The id Keyholder is registered under; empty for <see cref="ProviderKind.Headers"/>.</summary>
    public required string ClientId { get; init; }

    /// <summary>Secret. Null for a public client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary><c>client_secret_basic</c>, <c>client_secret_post</c> or <c>none</c>.</summary>
    public required string ClientAuthMethod { get; init; }

    /// <summary>The scopes to ask for.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Extra authorization parameters; never one the protocol reserves.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> AuthorizationParameters { get; init; } = [];

    /// <summary>Whether people may sign in to Keyholder with this provider (OIDC only).</summary>
    public bool SignIn { get; init; }

    /// <summary>An RFC 8707 resource to send; null = none.</summary>
    public string? ResourceParameter { get; init; }

    /// <summary>Who holds the credentials it issues.</summary>
    public ProviderOwner Owner { get; init; } = ProviderOwner.Subject;

    /// <summary>The headers people submit for <see cref="ProviderKind.Headers"/>, in configured order; empty otherwise.</summary>
    public IReadOnlyList<DeclaredHeader> Headers { get; init; } = [];

    /// <summary>Where refresh tokens are spent, when it is not the token endpoint.</summary>
    public Uri? RefreshEndpoint { get; init; }

    /// <summary>Where tokens are revoked (RFC 7009), when it is configured; metadata may name one too.</summary>
    public Uri? RevocationEndpoint { get; init; }

    /// <summary>The authorization parameter that carries <see cref="Scopes"/>.</summary>
    public string ScopeParameter { get; init; } = "scope";

    public ScopeSeparator ScopeSeparator { get; init; }

    public TokenRequestFormat TokenRequestFormat { get; init; }

    public TokenResponseMapping TokenResponse { get; init; } = TokenResponseMapping.Standard;

    /// <summary>What names the account; the ID token for OpenID Connect, otherwise nothing, unless configured.</summary>
    [AllowNull]
    public IdentityMapping Identity
    {
        get => field ?? (Kind == ProviderKind.Oidc ? IdentityMapping.IdToken : IdentityMapping.None);
        init;
    }

    /// <summary>The redirect URI people come back to.</summary>
    public ProviderCallback Callback { get; init; }

    /// <summary>Where the rest of it is found; null when all of it is configured. Until then <see cref="Issuer"/> is null, and <see cref="ClientId"/> empty unless Keyholder is registered there already.</summary>
    public ProviderDiscovery? Discovery { get; init; }

    /// <summary>Whether the operator vouches that the provider supports PKCE with S256 although its metadata does not say so.</summary>
    public bool AssumePkce { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"provider {Name}";
}
