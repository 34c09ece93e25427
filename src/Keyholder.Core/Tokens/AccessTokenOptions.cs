namespace Keyholder.Tokens;

/// <summary>Lifetime of access tokens.</summary>
public sealed record AccessTokenOptions
{
    /// <summary>Default 10 min; 1 min to 1 h.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many validated tokens are remembered to spare their signature check. Default 100,000; at least 1.</summary>
    public int CacheCapacity { get; init; } = 100_000;
}
