namespace Keyholder.Upstream;

/// <summary>Whether a request can be authenticated to its upstream.</summary>
public enum UpstreamAuthorizationOutcome
{
    /// <summary>The headers are there.</summary>
    Available,

    /// <summary>Terminal: the person has to connect (again).</summary>
    ReconnectRequired,

    /// <summary>The provider does not give what is needed, and nobody who calls can change that.</summary>
    Refused,

    /// <summary>Transient: the provider cannot be reached; try later.</summary>
    TemporarilyUnavailable,
}
