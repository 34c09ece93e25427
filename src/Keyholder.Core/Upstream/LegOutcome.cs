namespace Keyholder.Upstream;

/// <summary>How a redirect to a provider ended.</summary>
public enum LegOutcome
{
    Succeeded,

    /// <summary>The person or the provider said no (<c>access_denied</c>).</summary>
    Denied,

    /// <summary>The answer breaks the protocol: wrong <c>iss</c>, missing code, bad ID token, PKCE unsupported, unusable metadata.</summary>
    Rejected,

    /// <summary>The provider could not be reached or answered 5xx / 429; nothing is wrong with the request.</summary>
    Unavailable,
}
