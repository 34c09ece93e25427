namespace Keyholder.Storage;

/// <summary>What became of the record that a resource wants more scopes.</summary>
public enum ScopeDemandOutcome
{
    /// <summary>The next connection asks for them.</summary>
    Recorded,

    /// <summary>The credential or what is wanted of it changed since it was read; nothing was changed.</summary>
    Changed,
}
