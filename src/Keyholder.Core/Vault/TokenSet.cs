namespace Keyholder.Vault;

/// <summary>What a provider's token endpoint answered (RFC 6749 section 5.1). Secret: lives only in memory and inside an envelope.</summary>
public sealed record TokenSet : CredentialSecret
{
    public required string AccessToken { get; init; }

    /// <summary>As the provider wrote it, usually <c>Bearer</c>.</summary>
    public required string TokenType { get; init; }

    public string? RefreshToken { get; init; }

    /// <summary>Null = the provider gave no expiry: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The scope the provider granted; null when it did not say.</summary>
    public string? Scope { get; init; }

    /// <summary>The issuer it came from; null when the provider has none, or in a set stored before this was kept.</summary>
    public string? Issuer { get; init; }

    /// <summary>The token endpoint it came from, which stands for the authorization server of a provider without an issuer; null in a set stored before this was kept.</summary>
    public Uri? TokenEndpoint { get; init; }

    /// <summary>Keyholder's client id it was issued to; null in a set stored before this was kept. A refresh token is sent for no other.</summary>
    public string? ClientId { get; init; }

    /// <inheritdoc />
    public override CredentialKind Kind => CredentialKind.OAuth;

    /// <inheritdoc />
    public override string ToString() => "token set";
}
