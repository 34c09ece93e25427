namespace Keyholder.Storage;

/// <summary>What a write to a virtual key did. Anything but <see cref="Done"/> changed nothing.</summary>
public enum VirtualKeyWriteOutcome
{
    Done,

    /// <summary>The key is as it was asked to be already.</summary>
    Unchanged,

    NotFound,

    /// <summary>Another key has that name.</summary>
    NameTaken,

    /// <summary>The user the key should belong to does not exist or is disabled.</summary>
    OwnerInactive,

    /// <summary>The key was rotated meanwhile.</summary>
    Conflict,

    /// <summary>The configuration declares the key: it has to be changed there.</summary>
    Declared,
}
