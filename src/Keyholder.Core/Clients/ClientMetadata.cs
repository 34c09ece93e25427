namespace Keyholder.Clients;

/// <summary>The client metadata of a registration request (RFC 7591 section 2): well-formed and acceptable, with defaults filled in and unsupported values dropped.</summary>
internal sealed record ClientMetadata
{
    public required IReadOnlyList<string> RedirectUris { get; init; }

    public required string TokenEndpointAuthMethod { get; init; }

    public required IReadOnlyList<string> GrantTypes { get; init; }

    public required IReadOnlyList<string> ResponseTypes { get; init; }

    public required string ApplicationType { get; init; }

    public string? Name { get; init; }

    public string? Scope { get; init; }

    public string? ClientUri { get; init; }

    public string? LogoUri { get; init; }

    public string? PolicyUri { get; init; }

    public string? TosUri { get; init; }

    public string? SoftwareId { get; init; }

    public string? SoftwareVersion { get; init; }

    /// <summary>The client the metadata describes, without secret and expiry.</summary>
    public Client ToClient(string id, ClientSource source, DateTimeOffset createdAt) => new()
    {
        Id = id,
        Source = source,
        Name = Name,
        RedirectUris = RedirectUris,
        GrantTypes = GrantTypes,
        ResponseTypes = ResponseTypes,
        TokenEndpointAuthMethod = TokenEndpointAuthMethod,
        Scope = Scope,
        ApplicationType = ApplicationType,
        ClientUri = ClientUri,
        LogoUri = LogoUri,
        PolicyUri = PolicyUri,
        TosUri = TosUri,
        SoftwareId = SoftwareId,
        SoftwareVersion = SoftwareVersion,
        CreatedAt = createdAt,
    };
}
