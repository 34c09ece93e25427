using System.ComponentModel.DataAnnotations;

namespace Keyholder.Upstream;

/// <summary>How Keyholder behaves as a client of providers.</summary>
public sealed record UpstreamOptions
{
    /// <summary>How long before its expiry an access token is refreshed. Default 60 s; 0 to 30 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:30:00")]
    public TimeSpan RefreshBefore { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one request to a provider may take. Default 10 s; above 0, at most 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", MinimumIsExclusive = true)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a failed refresh is not tried again when the provider names no time. Default 5 s; above 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", MinimumIsExclusive = true)]
    public TimeSpan FailureBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a resource whose upstream refused even a fresh token is answered as if nothing were connected, before one request tries again. Default 10 min; 1 min to 24 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan RefusalRetryInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often shared credentials are looked at, and refreshed before they expire whether or not anybody uses them. Default 30 s; above 0, at most 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", MinimumIsExclusive = true)]
    public TimeSpan SharedRefreshInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long fetched provider metadata and keys are used. Default 1 h; 1 min to 24 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan MetadataLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The largest answer read from a provider, in bytes. Default 256 KiB; at least 4 KiB.</summary>
    [Range(4096, 16 * 1024 * 1024)]
    public int MaxResponseBytes { get; init; } = 256 * 1024;

    /// <summary>How often credentials that left the vault are looked for, to be revoked at their providers. Default 5 s; above 0, at most 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", MinimumIsExclusive = true)]
    public TimeSpan RevocationInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often such a revocation is tried before it is given up, 10 s after the first failure and then twice as long each time, up to 1 h. Default 12; 1 to 100.</summary>
    [Range(1, 100)]
    public int RevocationAttempts { get; init; } = 12;
}
