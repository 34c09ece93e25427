namespace Keyholder.Server.Configuration;

/// <summary>A virtual key as the operator wrote it, not validated yet. Never its secret.</summary>
public sealed record VirtualKeyDefinition
{
    /// <summary>The user it belongs to, who has to be active for it to work: a sign-in name or an id. Left out = nobody's.</summary>
    public string? User { get; init; }

    /// <summary>From when on it is refused: an ISO 8601 date, UTC unless it names an offset. Left out = never.</summary>
    public string? ExpiresAt { get; init; }

    /// <summary>Resource → what the key may do there. Nothing else may be granted to it by other means.</summary>
    public IReadOnlyDictionary<string, GrantDefinition> Grants { get; init; } = new OrderedDictionary<string, GrantDefinition>();
}
