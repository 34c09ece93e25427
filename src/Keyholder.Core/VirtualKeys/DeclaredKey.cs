namespace Keyholder.VirtualKeys;

/// <summary>A virtual key as the configuration declares it, validated as far as that goes without storage. Its name is what it is known by.</summary>
public sealed record DeclaredKey
{
    /// <summary>See <see cref="VirtualKeyRules.IsName"/>; no two differ in case alone.</summary>
    public required string Name { get; init; }

    /// <summary>The user it belongs to: a sign-in name or an id; null = nobody.</summary>
    public string? Owner { get; init; }

    /// <summary>From when on it is refused, to the millisecond; null = never. It may be past: then only a key that is there already can have it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What it may use, each resource once, as <see cref="GrantRules.Normalize"/> leaves it.</summary>
    public required IReadOnlyList<Grant> Grants { get; init; }
}
