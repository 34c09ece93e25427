namespace Keyholder.OAuth;

/// <summary>The catalogue of OAuth errors Keyholder answers with. The descriptions are stable; docs/errors.md lists them.</summary>
public static class OAuthErrors
{
    /// <summary>RFC 6749 section 5.2: malformed, repeated, missing or contradictory parameter.</summary>
    public static OAuthError InvalidRequest { get; } = new("invalid_request", "The request is malformed.");

    /// <summary>RFC 6749 section 5.2. One text for an unknown client, a wrong secret and an unregistered method.</summary>
    public static OAuthError InvalidClient { get; } = new("invalid_client", "Client authentication failed.", 401);

    /// <summary>RFC 6749 section 5.2. One text for every way a code or refresh token can be wrong.</summary>
    public static OAuthError InvalidGrant { get; } = new("invalid_grant", "The grant is invalid, expired or revoked.");

    /// <summary>RFC 6749 section 5.2: the client may not use this grant type.</summary>
    public static OAuthError UnauthorizedClient { get; } = new("unauthorized_client", "The client is not allowed to use this grant.");

    /// <summary>RFC 6749 section 5.2.</summary>
    public static OAuthError UnsupportedGrantType { get; } = new("unsupported_grant_type", "The grant type is not supported.");

    /// <summary>RFC 6749 section 4.1.2.1.</summary>
    public static OAuthError UnsupportedResponseType { get; } = new("unsupported_response_type", "The response type is not supported.");

    /// <summary>RFC 6749 section 5.2: unknown scope, or more than was granted.</summary>
    public static OAuthError InvalidScope { get; } = new("invalid_scope", "The scope is unknown or exceeds what was granted.");

    /// <summary>RFC 8707 section 2: the resource is malformed, unknown or not permitted.</summary>
    public static OAuthError InvalidTarget { get; } = new("invalid_target", "The resource is unknown, malformed or not permitted.");

    /// <summary>RFC 6749 section 4.1.2.1: the person, or a policy, said no.</summary>
    public static OAuthError AccessDenied { get; } = new("access_denied", "The request was denied.", 403);

    /// <summary>RFC 6749 section 4.1.2.1.</summary>
    public static OAuthError ServerError { get; } = new("server_error", "The server could not complete the request.", 500);

    /// <summary>RFC 6749 section 4.1.2.1.</summary>
    public static OAuthError TemporarilyUnavailable { get; } = new("temporarily_unavailable", "The server cannot take the request now.", 503);

    /// <summary>RFC 8628 section 3.5: the person has not decided yet.</summary>
    public static OAuthError AuthorizationPending { get; } = new("authorization_pending", "The person has not approved the request yet.");

    /// <summary>RFC 8628 section 3.5: from now on the client has to wait five seconds longer between polls.</summary>
    public static OAuthError SlowDown { get; } = new("slow_down", "The client polls too often.");

    /// <summary>RFC 8628 section 3.5.</summary>
    public static OAuthError ExpiredToken { get; } = new("expired_token", "The device code has expired.");

    /// <summary>RFC 7591 section 3.2.2.</summary>
    public static OAuthError InvalidRedirectUri { get; } = new("invalid_redirect_uri", "A redirect URI is not acceptable.");

    /// <summary>RFC 7591 section 3.2.2.</summary>
    public static OAuthError InvalidClientMetadata { get; } = new("invalid_client_metadata", "The client metadata is not acceptable.");

    /// <summary>RFC 6750 section 3.1: the access token is malformed, expired, revoked or for another resource.</summary>
    public static OAuthError InvalidToken { get; } = new("invalid_token", "The access token is invalid.", 401);

    /// <summary>RFC 6750 section 3.1.</summary>
    public static OAuthError InsufficientScope { get; } = new("insufficient_scope", "The access token lacks a scope the request needs.", 403);
}
