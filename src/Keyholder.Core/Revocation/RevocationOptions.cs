namespace Keyholder.Revocation;

/// <summary>How closely a node follows the revocation log.</summary>
public sealed record RevocationOptions
{
    /// <summary>How often the log is read for what others wrote. Default 1 s; above 0.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the log may be unreadable before tokens are refused with 503. Default 10 s; at least the poll interval.</summary>
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether tokens are accepted on a stale index instead: availability before the kill switch. Default false.</summary>
    public bool FailOpen { get; init; }
}
