namespace Keyholder.Upstream;

/// <summary>What Keyholder uses of a provider: its configuration completed by its metadata document.</summary>
internal sealed record ProviderMetadata
{
    /// <summary>The issuer that ID tokens and <c>iss</c> parameters must name; null when the provider was configured without one.</summary>
    public string? Issuer { get; init; }

    public required Uri AuthorizationEndpoint { get; init; }

    public required Uri TokenEndpoint { get; init; }

    /// <summary>Where the ID-token keys are; null for plain OAuth.</summary>
    public Uri? JwksUri { get; init; }

    /// <summary>Where tokens are revoked (RFC 7009), when there is such a place.</summary>
    public Uri? RevocationEndpoint { get; init; }

    /// <summary>Where clients register themselves (RFC 7591), when they may.</summary>
    public Uri? RegistrationEndpoint { get; init; }

    /// <summary>Whether a client may be the URL of its metadata document.</summary>
    public bool ClientIdMetadataDocuments { get; init; }

    /// <summary>The authentication methods of the token endpoint; null when the metadata does not list them.</summary>
    public IReadOnlyList<string>? AuthMethods { get; init; }

    /// <summary>Whether <c>offline_access</c> is among the scopes that can be asked for.</summary>
    public bool OffersOfflineAccess { get; init; }

    /// <summary>Whether every authorization response carries <c>iss</c> (RFC 9207).</summary>
    public bool IssuerInResponses { get; init; }

    /// <summary>Whether there is no document, and the endpoints are only where MCP 2025-03-26 expects them.</summary>
    public bool ByConvention { get; init; }
}
