namespace Keyholder.Sessions;

/// <summary>Lifetimes of sessions and of what opens and renews them.</summary>
public sealed record SessionOptions
{
    /// <summary>How long an authorization code can be redeemed. Default 60 s; above 0, at most 10 min (RFC 6749 section 4.1.2).</summary>
    public TimeSpan CodeLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a lost refresh response can be asked for again. Default 30 s; 0 turns it off, at most 24 h.</summary>
    public TimeSpan RetryWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a session lives without being refreshed. Default 30 days; above 0.</summary>
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a session lives at all. Default 180 days; at least the idle lifetime.</summary>
    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromDays(180);
}
