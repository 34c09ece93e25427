namespace Keyholder.Server.Gateway;

/// <summary>What credential a request presents.</summary>
internal enum BearerOutcome
{
    /// <summary>One bearer token in the <c>Authorization</c> header.</summary>
    Present,

    /// <summary>One virtual key in its own header.</summary>
    Key,

    /// <summary>None, or one of a kind that is not supported here.</summary>
    None,

    /// <summary>The scheme is Bearer and what follows is not a token.</summary>
    Malformed,

    /// <summary>More than one (RFC 6750 section 2).</summary>
    Conflicting,
}
