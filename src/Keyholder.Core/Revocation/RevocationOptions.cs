using System.ComponentModel.DataAnnotations;

namespace Keyholder.Revocation;

/// <summary>How closely a node follows the revocation log.</summary>
public sealed record RevocationOptions
{
    /// <summary>How often the log is read for what others wrote and did not tell. Default 1 s; above 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", MinimumIsExclusive = true)]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long ago the log may have been confirmed before tokens are refused with 503. Default 10 s; above the poll interval.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", MinimumIsExclusive = true)]
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether tokens are accepted on a stale index instead: availability before the kill switch. Default false.</summary>
    public bool FailOpen { get; init; }
}
