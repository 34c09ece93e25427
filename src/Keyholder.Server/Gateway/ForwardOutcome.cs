namespace Keyholder.Server.Gateway;

/// <summary>How one attempt to forward a request ended.</summary>
internal enum ForwardOutcome
{
    /// <summary>The upstream's answer went to the client, whole.</summary>
    Forwarded,

    /// <summary>The upstream answered 401; nothing went to the client.</summary>
    CredentialRejected,

    /// <summary>The upstream answered 403 and asks for scopes that a new connection could grant (<see cref="ScopeRefusal"/>); nothing went to the client.</summary>
    ScopesInsufficient,

    /// <summary>The upstream answered with a redirect; nothing went to the client.</summary>
    Redirected,

    /// <summary>The upstream broke the protocol before the first byte.</summary>
    InvalidResponse,

    /// <summary>No connection: name, TCP or TLS.</summary>
    Unreachable,

    /// <summary>The upstream stayed silent too long before the first byte.</summary>
    TimedOut,

    /// <summary>The client went away.</summary>
    ClientGone,

    /// <summary>The upstream failed after the first byte; the client's connection was aborted so that it sees the truncation.</summary>
    Broken,

    /// <summary>The answer was cut because its token was revoked or expired.</summary>
    Cut,
}
