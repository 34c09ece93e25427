namespace Keyholder.Storage;

/// <summary>Whether a refresh may begin.</summary>
public enum RefreshBeginOutcome
{
    /// <summary>This caller, and nobody else, may ask the provider.</summary>
    Begun,

    /// <summary>Somebody else is asking.</summary>
    Busy,

    /// <summary>The latest refresh ended without tokens or was forced: nobody asks before its time.</summary>
    Paused,

    /// <summary>The row is gone, not active, or at another version.</summary>
    Changed,
}
