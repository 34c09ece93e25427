namespace Keyholder.Storage;

/// <summary>What became of a registration.</summary>
public enum ClientAddOutcome
{
    Added,

    /// <summary>The id is taken; nothing was changed.</summary>
    Duplicate,

    /// <summary>The cap is reached and nothing may be evicted; nothing was changed.</summary>
    Full,
}
