namespace Keyholder.Vault;

/// <summary>What became of adding a key to the ring.</summary>
public enum AddKeyOutcome
{
    /// <summary>It is in the file, and seals from its moment on.</summary>
    Added,

    /// <summary>The delay does not let every node read the key before it seals, or is beyond reason.</summary>
    DelayOutOfBounds,

    /// <summary>A key was added before, here or to the ring of another running node, that does not seal yet.</summary>
    Pending,

    /// <summary>The ring is not in a file but in the configuration, which the operator changes.</summary>
    InConfiguration,

    /// <summary>Somebody else is just changing the ring.</summary>
    Busy,
}
