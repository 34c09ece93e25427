namespace Keyholder.Storage;

/// <summary>Where an import stands when it is begun.</summary>
public enum ImportBeginOutcome
{
    /// <summary>It is the first time.</summary>
    Begun,

    /// <summary>It was begun before and not finished.</summary>
    Resumed,

    /// <summary>It was finished before; there is nothing to do.</summary>
    Finished,
}
