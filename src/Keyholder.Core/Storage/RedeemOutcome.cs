namespace Keyholder.Storage;

/// <summary>What became of a code redemption.</summary>
public enum RedeemOutcome
{
    /// <summary>This caller, and nobody else, redeemed the code.</summary>
    Redeemed,

    NotFound,

    /// <summary>The secret, the client or the state of the session did not match; nothing was changed.</summary>
    Mismatch,

    Expired,

    /// <summary>The code was redeemed before.</summary>
    AlreadyRedeemed,

    Revoked,

    /// <summary>The subject is missing or disabled.</summary>
    SubjectInactive,
}
