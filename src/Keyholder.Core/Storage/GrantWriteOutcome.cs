namespace Keyholder.Storage;

/// <summary>What a write to grants did. Anything but <see cref="Done"/> changed nothing.</summary>
public enum GrantWriteOutcome
{
    Done,

    /// <summary>It is as it was asked to be already.</summary>
    Unchanged,

    /// <summary>There is no such virtual key.</summary>
    KeyNotFound,

    /// <summary>There is no such grant to take back.</summary>
    NotFound,

    /// <summary>The configuration grants the resource to every key: it has to be taken back there.</summary>
    Configured,

    /// <summary>The configuration declares the key: what it may use has to be changed there.</summary>
    Declared,
}
