namespace Keyholder.Resources;

/// <summary>A provider as the operator wrote it, not validated yet.</summary>
public sealed record ProviderDefinition
{
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

    /// <summary>The id Keyholder is registered under. Required but for <c>headers</c>.</summary>
    public string? ClientId { get; init; }

    /// <summary>Keyholder's secret at the provider; left out for a public client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary><c>client_secret_basic</c>, <c>client_secret_post</c> or <c>none</c>. Default: <c>client_secret_basic</c> with a secret, else <c>none</c>.</summary>
    public string? ClientAuthMethod { get; init; }

    /// <summary>The scopes to ask for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Extra parameters of the authorization request, such as <c>prompt</c> or <c>access_type</c>; those the protocol sets are refused.</summary>
    public IReadOnlyDictionary<string, string> AuthorizationParameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether people may sign in to Keyholder with this provider; <c>oidc</c> only.</summary>
    public bool SignIn { get; init; }

    /// <summary>The RFC 8707 <c>resource</c> to send; left out = none.</summary>
    public string? ResourceParameter { get; init; }

    /// <summary>The headers people submit, for kind <c>headers</c>: name → how the form asks for it.</summary>
    public IReadOnlyDictionary<string, DeclaredHeaderDefinition> Headers { get; init; } = new OrderedDictionary<string, DeclaredHeaderDefinition>();

    /// <inheritdoc />
    public override string ToString() => "provider definition";
}
