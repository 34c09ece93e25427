using System.ComponentModel.DataAnnotations;

namespace Keyholder.Maintenance;

/// <summary>How often each sweep runs, and how long what it deletes is kept.</summary>
public sealed record MaintenanceOptions
{
    private const string Longest = "3650.00:00:00";

    /// <summary>Whether this node sweeps by itself; without it, run <c>keyholder sweep</c> from time to time. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How many rows one transaction deletes at most. Default 500; at least 1.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; init; } = 500;

    /// <summary>How long the other nodes wait before they take over from a sweeping node that died. Default 3 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How often authorization requests, connection flows and device authorizations are swept. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan AuthorizationRequestInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long authorization requests, connection flows and device authorizations are kept after their expiry. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan AuthorizationRequestRetention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often browser sessions are swept. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan BrowserSessionInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long browser sessions are kept after their expiry. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan BrowserSessionRetention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often sessions are swept. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan SessionInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long sessions that were never begun are kept after the expiry of their code. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan UnredeemedSessionRetention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long sessions are kept after their idle or absolute expiry. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan ExpiredSessionRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long revoked sessions are kept, so that reuse of their tokens is told from garbage. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan RevokedSessionRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often dynamic clients are swept. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan ClientInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long dynamic clients without a session or a pending authorization are kept after their registration, and snapshots of client documents without a session after they were taken. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan UnusedClientRetention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long dynamic clients are kept after their expiry. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan ExpiredClientRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often credentials are swept. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan CredentialInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long orphaned credentials are kept, so that a grant that comes back finds them. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan OrphanedCredentialRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long the credentials of a session are kept after their latest write when there is no such session any more. Default 1 day; longer than an authorization may take.</summary>
    [Range(typeof(TimeSpan), "02:00:00", Longest)]
    public TimeSpan SessionCredentialRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often credentials of virtual keys are held against the grants; every change does so at once, this finds what was changed by hand. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long revocations at providers are kept after they were done or given up, to be looked at. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan UpstreamRevocationRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often the revocation log is swept. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan RevocationInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long revocations are kept after everything they match is dead. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan RevocationRetention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often signing keys are swept. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan SigningKeyInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long signing keys are kept after a later key began to sign. Default 1 day; longer than any access token lives.</summary>
    [Range(typeof(TimeSpan), "02:00:00", Longest)]
    public TimeSpan SigningKeyRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often audit events are swept, if a retention is configured. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan AuditInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long audit events are kept. Left out = for ever.</summary>
    [Range(typeof(TimeSpan), "00:00:00", Longest, MinimumIsExclusive = true)]
    public TimeSpan? AuditRetention { get; init; }
}
