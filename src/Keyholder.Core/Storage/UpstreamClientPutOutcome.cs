namespace Keyholder.Storage;

/// <summary>What became of a new registration.</summary>
public enum UpstreamClientPutOutcome
{
    /// <summary>It is the provider's client now.</summary>
    Stored,

    /// <summary>Someone else stored that generation first; nothing changed.</summary>
    Conflict,
}
