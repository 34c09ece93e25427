namespace Keyholder.OAuth;

/// <summary>Values of <c>grant_type</c> that Keyholder supports.</summary>
public static class GrantTypes
{
    /// <summary>RFC 6749 section 4.1.</summary>
    public const string AuthorizationCode = "authorization_code";

    /// <summary>RFC 6749 section 6.</summary>
    public const string RefreshToken = "refresh_token";

    /// <summary>All of them, as the metadata lists them.</summary>
    public static IReadOnlyList<string> Supported { get; } = [AuthorizationCode, RefreshToken];
}
