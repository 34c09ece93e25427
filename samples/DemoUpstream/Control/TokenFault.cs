namespace DemoUpstream.Control;

/// <summary>How the token endpoint misbehaves once the client is authenticated.</summary>
public enum TokenFault
{
    None,

    /// <summary>503 without a body that OAuth knows; nothing is consumed.</summary>
    ServerError,

    /// <summary>429 with <c>Retry-After</c>; nothing is consumed.</summary>
    RateLimited,

    /// <summary>400 <c>invalid_grant</c> whatever was presented; nothing is consumed.</summary>
    InvalidGrant,

    /// <summary>200 with an HTML page; nothing is consumed.</summary>
    Html,

    /// <summary>200 with JSON that ends half-way; nothing is consumed.</summary>
    GarbageJson,

    /// <summary>200 with a well-formed JSON object of 16 MiB; nothing is consumed.</summary>
    HugeBody,

    /// <summary>The connection is closed without an answer; nothing is consumed.</summary>
    Disconnect,

    /// <summary>The grant is consumed and rotated, then the connection is closed: the answer is lost.</summary>
    LoseAnswer,
}
