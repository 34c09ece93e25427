namespace Keyholder.Tokens;

/// <summary>What validation found. Clients see only <c>invalid_token</c> for all but the first and last.</summary>
public enum AccessTokenOutcome
{
    Valid,

    /// <summary>Not a JWT of this server: shape, type, algorithm, key, signature, issuer or a claim is wrong.</summary>
    Malformed,

    Expired,

    /// <summary>Valid, but for another resource.</summary>
    WrongAudience,

    Revoked,

    /// <summary>Whether it is revoked cannot be known now; answer 503.</summary>
    RevocationUnknown,
}
