namespace Keyholder.Vault;

/// <summary>What opening an envelope found.</summary>
public enum EnvelopeOutcome
{
    Opened,

    /// <summary>Truncated, or of an unknown format version.</summary>
    Malformed,

    /// <summary>Sealed with a key that is not in the ring.</summary>
    UnknownKey,

    /// <summary>Changed, or lying where it was not sealed for.</summary>
    Tampered,
}
