namespace Keyholder.Revocation;

/// <summary>What the kill switch says of a token or session.</summary>
public enum RevocationVerdict
{
    Clear,

    Revoked,

    /// <summary>The log has not been confirmed for so long that "not revoked" cannot be trusted: answer 503.</summary>
    Unknown,
}
