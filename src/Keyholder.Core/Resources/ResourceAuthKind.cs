namespace Keyholder.Resources;

/// <summary>How Keyholder authenticates to a resource's upstream.</summary>
public enum ResourceAuthKind
{
    /// <summary>The upstream wants no credential.</summary>
    None,

    /// <summary>Fixed headers from the configuration.</summary>
    StaticHeaders,

    /// <summary>Credentials from the vault, as the resource's providers say.</summary>
    Credentials,

    /// <summary>The first spelling of <see cref="Credentials"/>, from when a user's own OAuth token was the only one.</summary>
    UserOAuth = Credentials,

    /// <summary>The client's token, exchanged for one of the upstream (RFC 8693).</summary>
    TokenExchange,

    /// <summary>In a definition: credentials of the authorization server that the upstream itself names (RFC 9728). A resource has <see cref="Credentials"/> then.</summary>
    Discovered,
}
