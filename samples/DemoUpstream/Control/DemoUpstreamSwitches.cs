namespace DemoUpstream.Control;

/// <summary>Everything that makes the demo upstream misbehave. Immutable: change it with <c>with</c> and assign it to <see cref="DemoUpstreamApp.Switches"/>.</summary>
public sealed record DemoUpstreamSwitches
{
    /// <summary>The authorization endpoint shows a form with the accounts instead of approving at once.</summary>
    public bool ShowAccountForm { get; init; }

    /// <summary>The authorization endpoint answers <c>access_denied</c> with an <c>error_description</c> that contains HTML.</summary>
    public bool DenyAuthorization { get; init; }

    /// <summary>The <c>state</c> that comes back is not the one that was sent.</summary>
    public bool TamperState { get; init; }

    /// <summary>The <c>iss</c> of authorization responses (RFC 9207) names another provider.</summary>
    public bool WrongAuthorizationIssuer { get; init; }

    /// <summary>Authorization responses carry no <c>iss</c> although the metadata promises one.</summary>
    public bool OmitAuthorizationIssuer { get; init; }

    /// <summary>The <c>issuer</c> of both metadata documents names another provider.</summary>
    public bool WrongMetadataIssuer { get; init; }

    /// <summary>The metadata documents have no <c>code_challenge_methods_supported</c>.</summary>
    public bool OmitPkceSupport { get; init; }

    /// <summary>A <c>resource</c> parameter is refused with <c>invalid_target</c> at the authorization and token endpoints.</summary>
    public bool RefuseResourceParameter { get; init; }

    /// <summary>Token responses carry a refresh token when one is due. Off: never.</summary>
    public bool IssueRefreshTokens { get; init; } = true;

    /// <summary>Every refresh kills the refresh token it used; a second use kills everything of that authorization.</summary>
    public bool RotateRefreshTokens { get; init; }

    /// <summary>Seconds in which a refresh token that was rotated may be used again and gives another successor, as providers do that expect answers to get lost.</summary>
    public int RefreshReuseSeconds { get; init; }

    /// <summary>Token responses have no <c>expires_in</c>.</summary>
    public bool OmitExpiresIn { get; init; }

    public TokenResponseShape TokenResponseShape { get; init; }

    public TokenFault TokenFault { get; init; }

    /// <summary>How many more requests <see cref="TokenFault"/> hits; null means all. Counts down to <see cref="TokenFault.None"/>.</summary>
    public int? TokenFaultTimes { get; init; }

    /// <summary>Milliseconds every token request waits before it is looked at.</summary>
    public int TokenDelayMs { get; init; }

    /// <summary>Milliseconds between what a token request did and its answer: who goes away meanwhile never learns of it.</summary>
    public int TokenAnswerDelayMs { get; init; }

    public IdTokenFault IdTokenFault { get; init; }

    public ApiFault ApiFault { get; init; }

    /// <summary>How many more requests <see cref="ApiFault"/> hits; null means all. Counts down to <see cref="ApiFault.None"/>.</summary>
    public int? ApiFaultTimes { get; init; }

    /// <summary>Milliseconds every MCP or API request with an accepted credential waits before it is answered.</summary>
    public int ApiDelayMs { get; init; }

    /// <summary>Every MCP and API response sets cookies.</summary>
    public bool ApiSetsCookies { get; init; }

    /// <summary>Every MCP and API response carries a <c>WWW-Authenticate</c> of the demo provider, also a successful one.</summary>
    public bool ApiSetsChallenge { get; init; }

    /// <summary>Seconds named by the <c>Retry-After</c> of <see cref="TokenFault.RateLimited"/> and <see cref="ApiFault.RateLimited"/>.</summary>
    public int RetryAfterSeconds { get; init; } = 7;

    /// <summary>What is wrong with these values, one sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (TokenFaultTimes is < 1) errors.Add("tokenFaultTimes must be at least 1, or null for always.");
        if (ApiFaultTimes is < 1) errors.Add("apiFaultTimes must be at least 1, or null for always.");
        if (RefreshReuseSeconds < 0) errors.Add("refreshReuseSeconds must not be negative.");
        if (TokenDelayMs < 0) errors.Add("tokenDelayMs must not be negative.");
        if (TokenAnswerDelayMs < 0) errors.Add("tokenAnswerDelayMs must not be negative.");
        if (ApiDelayMs < 0) errors.Add("apiDelayMs must not be negative.");
        if (RetryAfterSeconds < 0) errors.Add("retryAfterSeconds must not be negative.");
        if (!Enum.IsDefined(TokenFault) || !Enum.IsDefined(ApiFault) || !Enum.IsDefined(IdTokenFault) || !Enum.IsDefined(TokenResponseShape))
            errors.Add("A fault or shape has a value that does not exist.");
        return errors;
    }
}
