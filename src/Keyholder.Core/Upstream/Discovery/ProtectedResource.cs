namespace Keyholder.Upstream.Discovery;

/// <summary>What discovery found out about an upstream.</summary>
internal sealed record ProtectedResource
{
    /// <summary>The issuer of its authorization server.</summary>
    public required string Issuer { get; init; }

    /// <summary>The resource identifier it goes by (RFC 8707); null when it has no metadata of its own.</summary>
    public string? Resource { get; init; }

    /// <summary>The scopes it asks for; empty when it does not say.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}
