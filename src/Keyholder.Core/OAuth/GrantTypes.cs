namespace Keyholder.OAuth;

/// <summary>Values of <c>grant_type</c> that Keyholder supports.</summary>
public static class GrantTypes
{
    /// <summary>RFC 6749 section 4.1.</summary>
    public const string AuthorizationCode = "authorization_code";

    /// <summary>RFC 6749 section 6.</summary>
    public const string RefreshToken = "refresh_token";

    /// <summary>RFC 8628 section 3.4.</summary>
    public const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";

    /// <summary>All of them, as the metadata lists them.</summary>
    public static IReadOnlyList<string> Supported { get; } = [AuthorizationCode, RefreshToken, DeviceCode];
}
