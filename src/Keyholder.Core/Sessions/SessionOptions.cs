using System.ComponentModel.DataAnnotations;

namespace Keyholder.Sessions;

/// <summary>Lifetimes of sessions and of what opens and renews them.</summary>
public sealed record SessionOptions
{
    /// <summary>How long an authorization code can be redeemed. Default 60 s; above 0, at most 10 min (RFC 6749 section 4.1.2).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", MinimumIsExclusive = true)]
    public TimeSpan CodeLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a lost refresh response can be asked for again. Default 30 s; 0 turns it off, at most 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RetryWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a session lives without being refreshed. Default 30 days; above 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00", MinimumIsExclusive = true)]
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a session lives at all. Default 180 days; at least the idle lifetime.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00", MinimumIsExclusive = true)]
    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromDays(180);
}
