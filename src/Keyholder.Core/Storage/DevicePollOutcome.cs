namespace Keyholder.Storage;

/// <summary>What a device may be told (RFC 8628 section 3.5).</summary>
public enum DevicePollOutcome
{
    /// <summary>The person approved: the session is there to be redeemed, or was redeemed already.</summary>
    Approved,

    /// <summary>The person has not decided.</summary>
    Pending,

    /// <summary>It polls before its interval is over, which is now five seconds longer.</summary>
    SlowDown,

    /// <summary>The person, a provider or a rule said no.</summary>
    Denied,

    Expired,

    NotFound,

    /// <summary>Another secret, another client or another resource; nothing was changed.</summary>
    Mismatch,
}
