namespace Keyholder.Tokens;

/// <summary>What became of an admin token that was presented.</summary>
public enum AdminTokenOutcome
{
    Valid,

    /// <summary>Not one of this server's, unknown, or revoked.</summary>
    Invalid,

    /// <summary>Whether the kill switch matches it cannot be known now: answer 503.</summary>
    RevocationUnknown,
}
