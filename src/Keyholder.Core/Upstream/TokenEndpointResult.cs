using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>The answer of a provider's token endpoint.</summary>
/// <param name="Outcome">What it made of the request.</param>
/// <param name="Tokens">The token set; only when issued. Secret.</param>
/// <param name="IdToken">The ID token, if one came along; not validated. Secret.</param>
/// <param name="RetryAfter">When to come back, if it said so.</param>
/// <param name="Debug">The private reason of a failure, in Keyholder's own words.</param>
internal sealed record TokenEndpointResult(
    TokenEndpointOutcome Outcome, TokenSet? Tokens = null, string? IdToken = null, TimeSpan? RetryAfter = null, string? Debug = null)
{
    /// <summary>The account the answer itself names, for providers that do.</summary>
    public AccountResult Account { get; init; } = AccountResult.Unknown;

    /// <summary>Whether the endpoint says that it does not know the client, as against any other refusal.</summary>
    public bool InvalidClient { get; init; }

    /// <summary>What a token exchange says it issued (RFC 8693 section 2.2.1).</summary>
    public string? IssuedTokenType { get; init; }

    public override string ToString() => $"token endpoint result ({Outcome})";
}
