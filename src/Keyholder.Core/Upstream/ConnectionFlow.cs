using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>A redirect to a provider that has not come back yet. Claimed once by one conditional update.</summary>
public sealed record ConnectionFlow
{
    /// <summary>SHA-256 of the <c>state</c> parameter; the row's key.</summary>
    public required byte[] StateHash { get; init; }

    public required ConnectionPurpose Purpose { get; init; }

    /// <summary>The provider's logical name. The only source of truth for which provider a callback belongs to.</summary>
    public required string Provider { get; init; }

    /// <summary>SHA-256 of the browser-binding cookie.</summary>
    public required byte[] BrowserHash { get; init; }

    /// <summary>The authorization request the flow is a step of.</summary>
    public required string AuthorizationRequestId { get; init; }

    /// <summary>Whose credential it will be; null for sign-in.</summary>
    public CredentialOwner? Owner { get; init; }

    /// <summary>Nonce and PKCE verifier, sealed by the vault and bound to the state hash.</summary>
    public required byte[] SealedSecrets { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"connection flow to {Provider} ({Purpose})";
}
