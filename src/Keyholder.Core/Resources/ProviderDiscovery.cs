namespace Keyholder.Resources;

/// <summary>Where a provider's issuer, endpoints, client and scopes come from when configuration names none of them: from the upstream it belongs to.</summary>
public sealed record ProviderDiscovery
{
    /// <summary>The upstream whose authorization server is looked for.</summary>
    public required Uri Upstream { get; init; }

    /// <summary>The only authorization server that is accepted; null = the one the upstream names.</summary>
    public string? Issuer { get; init; }

    /// <summary>Whether what discovery finds may be on private addresses and plain http.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Whether to leave out the <c>resource</c> parameter, for authorization servers that refuse it.</summary>
    public bool OmitResource { get; init; }
}
