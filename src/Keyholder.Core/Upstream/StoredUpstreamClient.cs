namespace Keyholder.Upstream;

/// <summary>Keyholder's own registration with the authorization server of a provider. A provider has one at a time; a new one has the next generation.</summary>
public sealed record StoredUpstreamClient
{
    /// <summary>The provider's logical name; the row's key.</summary>
    public required string Provider { get; init; }

    /// <summary>The authorization server it was made with, and may be used at (byte for byte).</summary>
    public required string Issuer { get; init; }

    /// <summary>1 for the first, then +1.</summary>
    public required int Generation { get; init; }

    public required string ClientId { get; init; }

    /// <summary><c>client_secret_basic</c>, <c>client_secret_post</c> or <c>none</c>.</summary>
    public required string AuthMethod { get; init; }

    /// <summary>The client secret in a vault envelope; null for a public client.</summary>
    public byte[]? Envelope { get; init; }

    /// <summary>When the secret ends (RFC 7591 section 3.2.1); null = it does not.</summary>
    public DateTimeOffset? SecretExpiresAt { get; init; }

    /// <summary>The redirect URI it was made for, and may be used with; null in one of an earlier version, which all providers shared.</summary>
    public string? RedirectUri { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"upstream client of {Provider}, generation {Generation}";
}
