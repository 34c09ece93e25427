namespace DemoUpstream.Control;

/// <summary>How the MCP endpoints and the HTTP API misbehave towards a request whose credential was accepted.</summary>
public enum ApiFault
{
    None,

    /// <summary>401 with a challenge of the demo provider.</summary>
    Unauthorized,

    /// <summary>402, as an upstream key without credit.</summary>
    PaymentRequired,

    /// <summary>403 <c>insufficient_scope</c> with a challenge of the demo provider.</summary>
    Forbidden,

    /// <summary>429 with <c>Retry-After</c>.</summary>
    RateLimited,

    /// <summary>503 with an HTML page.</summary>
    ServerError,

    /// <summary>302 to <c>/elsewhere</c>, which counts who follows and whether credentials came along.</summary>
    Redirect,

    /// <summary>200, the first half of an event, then the connection is closed.</summary>
    AbortMidBody,
}
