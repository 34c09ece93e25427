namespace Keyholder.VirtualKeys;

/// <summary>A page of virtual keys in name order.</summary>
public sealed record VirtualKeyQuery
{
    /// <summary>Only keys of this user.</summary>
    public string? OwnerUserId { get; init; }

    /// <summary>Only keys whose name comes after this one, byte by byte; null = from the first on.</summary>
    public string? After { get; init; }

    /// <summary>How many at most; above 0.</summary>
    public required int Limit { get; init; }
}
