namespace Keyholder.Storage;

/// <summary>What became of a new local user.</summary>
public enum UserAddOutcome
{
    Added,

    /// <summary>The name is taken; nothing was changed.</summary>
    NameTaken,
}
