namespace Keyholder.Upstream;

/// <summary>What a provider's token endpoint made of a request.</summary>
internal enum TokenEndpointOutcome
{
    /// <summary>There are tokens.</summary>
    Issued,

    /// <summary>Terminal: the code or refresh token is dead (RFC 6749 section 5.2 <c>invalid_grant</c>).</summary>
    InvalidGrant,

    /// <summary>Keyholder's own client credentials were refused: the operator's to repair, not the person's.</summary>
    ClientRefused,

    /// <summary>Transient: network, time limit, 5xx, 429.</summary>
    Unavailable,

    /// <summary>An answer the protocol does not know. Says nothing about the grant, so it is never terminal.</summary>
    Unusable,
}
