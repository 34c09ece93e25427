namespace Keyholder.Storage;

/// <summary>What became of a callback's claim on its connection flow.</summary>
public enum ConnectionClaimOutcome
{
    /// <summary>This caller, and nobody else, may go on.</summary>
    Claimed,

    NotFound,

    Expired,

    AlreadyClaimed,

    /// <summary>The callback came from another browser; the flow is left as it was.</summary>
    OtherBrowser,
}
