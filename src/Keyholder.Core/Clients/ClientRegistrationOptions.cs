using System.ComponentModel.DataAnnotations;

namespace Keyholder.Clients;

/// <summary>Rules of dynamic registration (RFC 7591).</summary>
public sealed record ClientRegistrationOptions
{
    /// <summary>Whether the registration endpoint is mounted. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The hard cap on dynamic clients. Default 10,000; at least 1.</summary>
    [Range(1, 10_000_000)]
    public int Capacity { get; init; } = 10_000;

    /// <summary>How long a client lives after its last token grant. Default 30 days; at least 1 h.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How old a client without sessions has to be before it may be evicted for a new one. Default 1 h; above 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00", MinimumIsExclusive = true)]
    public TimeSpan MinimumEvictionAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Registrations one address may make a minute. Default 20; at least 1.</summary>
    [Range(1, 1_000_000)]
    public int PerAddressPerMinute { get; init; } = 20;

    /// <summary>Whether private-use URI schemes (RFC 8252 section 7.1) such as <c>cursor://</c> may be redirect URIs. Default false.</summary>
    public bool AllowPrivateUseSchemes { get; init; }
}
