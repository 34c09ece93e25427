namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>What an upstream makes of header values.</summary>
internal enum HeaderSetVerdict
{
    /// <summary>It does not refuse them.</summary>
    Accepted,

    /// <summary>It does.</summary>
    Refused,

    /// <summary>It did not say.</summary>
    Unavailable,
}
