namespace Keyholder.Upstream;

/// <summary>How a redirect to a provider ended.</summary>
public enum LegOutcome
{
    Succeeded,

    /// <summary>The person or the provider said no (<c>access_denied</c>).</summary>
    Denied,

    /// <summary>The answer may be another server's than the one the person was sent to (RFC 9700 section 4.4): it came to another redirect URI, or its <c>iss</c> is wrong or missing.</summary>
    MixedUp,

    /// <summary>The answer breaks the protocol: missing code, bad ID token, PKCE unsupported, unusable metadata.</summary>
    Rejected,

    /// <summary>The provider could not be reached or answered 5xx / 429; nothing is wrong with the request.</summary>
    Unavailable,
}
