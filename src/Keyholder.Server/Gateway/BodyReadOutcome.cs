namespace Keyholder.Server.Gateway;

/// <summary>Whether a request body arrived.</summary>
internal enum BodyReadOutcome
{
    Read,
    TooLarge,

    /// <summary>Slower than the server's minimum rate.</summary>
    TimedOut,

    /// <summary>Broken framing, or shorter than announced.</summary>
    Unreadable,
}
