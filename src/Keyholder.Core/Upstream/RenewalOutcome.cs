namespace Keyholder.Upstream;

/// <summary>What became of a refresh.</summary>
internal enum RenewalOutcome
{
    /// <summary>There is a new token set.</summary>
    Renewed,

    /// <summary>Someone else connected, refreshed or deleted meanwhile: look again.</summary>
    Changed,

    /// <summary>Terminal, and marked: somebody has to connect again.</summary>
    Ended,

    /// <summary>Transient: not now.</summary>
    Postponed,
}
