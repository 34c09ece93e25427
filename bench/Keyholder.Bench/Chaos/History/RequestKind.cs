namespace Keyholder.Bench.Chaos.History;

/// <summary>What a client of a session asks for.</summary>
internal enum RequestKind
{
    /// <summary>New tokens for a refresh token.</summary>
    Refresh,

    /// <summary>The protected resource, with an access token.</summary>
    Call,

    /// <summary>The end of the session, with a refresh token (RFC 7009).</summary>
    Revoke,
}
