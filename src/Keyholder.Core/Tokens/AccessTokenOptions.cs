using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Keyholder.Tokens;

/// <summary>Lifetime of access tokens.</summary>
public sealed record AccessTokenOptions
{
    private const string Max = "01:00:00";

    /// <summary>No access token ever lives longer, whatever is configured: what revocations and retired keys have to outlive.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.Parse(Max, CultureInfo.InvariantCulture);

    /// <summary>How long an access token lives. Default 10 min; 1 min to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", Max)]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many validated tokens are remembered to spare their signature check. Default 100,000; at least 1.</summary>
    [Range(1, 10_000_000)]
    public int CacheCapacity { get; init; } = 100_000;
}
