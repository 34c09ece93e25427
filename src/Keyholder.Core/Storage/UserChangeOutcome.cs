namespace Keyholder.Storage;

/// <summary>What became of a change to a user.</summary>
public enum UserChangeOutcome
{
    Changed,

    /// <summary>The user was so already; nothing was written.</summary>
    Unchanged,

    /// <summary>There is no such user.</summary>
    NotFound,
}
