namespace Keyholder.Upstream;

/// <summary>How a guarded request ended.</summary>
public enum GuardedOutcome
{
    /// <summary>There is a status and the whole body.</summary>
    Answered,

    /// <summary>The guard did not let it out: a special-use address, or a URI that is not https.</summary>
    Refused,

    /// <summary>No connection, a broken one, or TLS failed.</summary>
    Unreachable,

    /// <summary>The time limit passed.</summary>
    TimedOut,

    /// <summary>The body is larger than allowed.</summary>
    TooLarge,
}
