using System.ComponentModel.DataAnnotations;

namespace Keyholder.Authorization;

/// <summary>Rules of the authorization endpoint and of signing in.</summary>
public sealed record AuthorizationOptions
{
    /// <summary>How long a pending request lives. Default 10 min; 1 to 60 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan RequestLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a browser stays signed in. Default 12 h; above 0, at most 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00", MinimumIsExclusive = true)]
    public TimeSpan BrowserSessionLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Whether a remembered approval spares the consent page for loopback and private-use redirects too, which any program on the person's machine could imitate (OAuth 2.1 section 7.3). Default false.</summary>
    public bool RememberConsentForNativeClients { get; init; }

    /// <summary>Whether every authorization request has to be pushed first (RFC 9126). Default false.</summary>
    public bool RequirePushedRequests { get; init; }

    /// <summary>How long a device code and its user code can be used. Default 10 min; 1 to 60 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan DeviceCodeLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a device waits between two polls, before it is told to slow down. Default 5 s; 1 to 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan DevicePollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>User codes of no device that one address, and that one browser, may enter a minute. Default 10; at least 1.</summary>
    [Range(1, 10_000)]
    public int WrongUserCodesPerMinute { get; init; } = 10;

    /// <summary>Failed sign-ins one address may make a minute. Default 10; at least 1.</summary>
    [Range(1, 10_000)]
    public int FailedSignInsPerAddressPerMinute { get; init; } = 10;

    /// <summary>Failed sign-ins one name may collect a minute, whoever makes them. Default 100, so that no single address can keep a person out; at least 1.</summary>
    [Range(1, 10_000)]
    public int FailedSignInsPerNamePerMinute { get; init; } = 100;

    /// <summary>Authorization requests one address may begin a minute, redirects to providers included. Default 300; at least 1.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerAddressPerMinute { get; init; } = 300;
}
