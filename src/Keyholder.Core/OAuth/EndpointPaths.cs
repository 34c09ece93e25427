namespace Keyholder.OAuth;

/// <summary>Where the authorization server's endpoints lie below the issuer: the metadata publishes what the routes are mapped with.</summary>
public static class EndpointPaths
{
    /// <summary>RFC 6749 section 3.1.</summary>
    public const string Authorize = "/authorize";

    /// <summary>RFC 6749 section 3.2.</summary>
    public const string Token = "/token";

    /// <summary>RFC 9126 section 2.</summary>
    public const string PushedAuthorizationRequest = "/par";

    /// <summary>RFC 8628 section 3.1.</summary>
    public const string DeviceAuthorization = "/device_authorization";

    /// <summary>Where a person enters the code of a device (RFC 8628 section 3.3).</summary>
    public const string Device = "/device";

    /// <summary>RFC 7591 section 3.</summary>
    public const string Register = "/register";

    /// <summary>RFC 7592 section 2: one address below it per client.</summary>
    public const string ClientConfiguration = Register + "/";

    /// <summary>RFC 7009 section 2.</summary>
    public const string Revoke = "/revoke";

    /// <summary>RFC 7662 section 2.</summary>
    public const string Introspect = "/introspect";

    /// <summary>RFC 7517 section 5.</summary>
    public const string JsonWebKeySet = "/.well-known/jwks.json";

    /// <summary>RFC 8414 section 3.</summary>
    public const string AuthorizationServerMetadata = "/.well-known/oauth-authorization-server";

    /// <summary>OpenID Connect Discovery 1.0 section 4.</summary>
    public const string OpenIdConfiguration = "/.well-known/openid-configuration";

    /// <summary>RFC 9728 section 3.</summary>
    public const string ProtectedResourceMetadata = "/.well-known/oauth-protected-resource";

    /// <summary>The redirect URI that providers share.</summary>
    public const string SharedCallback = "/upstream/callback";

    /// <summary>What the path of a provider's own redirect URI begins with. Never below the shared one: some authorization servers allow whatever lies below a registered redirect URI.</summary>
    public const string Callback = "/callback/";

    /// <summary>What the path of Keyholder's client-id metadata document for the authorization server of one provider begins with.</summary>
    public const string UpstreamClient = "/oauth/client/";

    /// <summary>The one client-id metadata document of earlier versions: what it obtained is still refreshed in its name.</summary>
    public const string FormerUpstreamClient = "/oauth/client.json";

    /// <summary>Keyholder's own API, and the path of its resource URI.</summary>
    public const string Api = "/api";

    /// <summary>What the path of every resource begins with.</summary>
    public const string Resources = "/mcp/";
}
