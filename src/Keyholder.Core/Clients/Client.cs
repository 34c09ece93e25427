namespace Keyholder.Clients;

/// <summary>An OAuth client as registered (RFC 7591 section 2).</summary>
public sealed record Client
{
    public required string Id { get; init; }

    public required ClientSource Source { get; init; }

    public string? Name { get; init; }

    public required IReadOnlyList<string> RedirectUris { get; init; }

    /// <summary>Grant types the client may use: <c>authorization_code</c>, <c>refresh_token</c>.</summary>
    public required IReadOnlyList<string> GrantTypes { get; init; }

    public required IReadOnlyList<string> ResponseTypes { get; init; }

    /// <summary>One of <see cref="ClientAuthMethods"/>.</summary>
    public required string TokenEndpointAuthMethod { get; init; }

    /// <summary>SHA-256 of the client secret's UTF-8 bytes; null for public clients.</summary>
    public byte[]? SecretHash { get; init; }

    /// <summary>The public keys of a client with <c>private_key_jwt</c>, as a JSON Web Key Set; null when they are at <see cref="JwksUri"/>.</summary>
    public string? Jwks { get; init; }

    /// <summary>Where the public keys of a client with <c>private_key_jwt</c> are.</summary>
    public string? JwksUri { get; init; }

    /// <summary>SHA-256 of the registration access token (RFC 7592 section 3); null when the client cannot manage itself.</summary>
    public byte[]? RegistrationTokenHash { get; init; }

    /// <summary>The registered scope. A cap for configured clients only: clients register with the scope of their first challenge and step up later.</summary>
    public string? Scope { get; init; }

    /// <summary><c>native</c> or <c>web</c>.</summary>
    public required string ApplicationType { get; init; }

    public string? ClientUri { get; init; }

    public string? LogoUri { get; init; }

    public string? PolicyUri { get; init; }

    public string? TosUri { get; init; }

    public string? SoftwareId { get; init; }

    public string? SoftwareVersion { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a dynamic client expires unless a token grant renews it; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether the client proves nothing about itself.</summary>
    public bool IsPublic => TokenEndpointAuthMethod == "none";

    /// <inheritdoc />
    public override string ToString() => $"client {Id} ({Source})";
}
