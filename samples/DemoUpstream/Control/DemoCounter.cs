namespace DemoUpstream.Control;

/// <summary>What the demo upstream counts.</summary>
public enum DemoCounter
{
    MetadataRequests,
    AuthorizationRequests,
    Registrations,

    /// <summary>Requests to the token endpoint, of any kind and outcome.</summary>
    TokenRequests,
    AuthorizationCodeRequests,
    RefreshTokenRequests,

    /// <summary>Codes exchanged with success.</summary>
    CodesRedeemed,

    /// <summary>Refreshes that succeeded, also those whose answer was then lost on purpose.</summary>
    Refreshes,

    /// <summary>Token requests answered with an OAuth error.</summary>
    TokenRequestsRefused,

    /// <summary>Token requests that met a <see cref="TokenFault"/>.</summary>
    TokenFaults,

    /// <summary>Uses of a rotated refresh token; each killed its authorization.</summary>
    RefreshTokenReuses,

    /// <summary>Uses of a rotated refresh token that <see cref="DemoUpstreamSwitches.RefreshReuseSeconds"/> forgave.</summary>
    RefreshTokenRepeats,
    UserInfoRequests,

    /// <summary>Tokens that were alive and were revoked through the revocation endpoint.</summary>
    Revocations,

    /// <summary>Requests to the MCP endpoints, of any method and outcome.</summary>
    McpRequests,

    /// <summary>Requests to the HTTP API, of any outcome.</summary>
    ApiRequests,

    /// <summary>MCP and API requests without an acceptable credential.</summary>
    CredentialsRefused,

    /// <summary>MCP and API requests that met an <see cref="ApiFault"/>.</summary>
    ApiFaults,

    /// <summary>Requests that followed a redirect to <c>/elsewhere</c>.</summary>
    RedirectsFollowed,

    /// <summary>Those of them that brought a credential header along.</summary>
    CredentialsLeakedByRedirect,
}
