namespace Keyholder.Resources;

/// <summary>How Keyholder authenticates to a resource's upstream.</summary>
public enum ResourceAuthKind
{
    /// <summary>The upstream wants no credential.</summary>
    None,

    /// <summary>Fixed headers from the configuration.</summary>
    StaticHeaders,

    /// <summary>Each user's own OAuth token from the vault.</summary>
    UserOAuth,
}
