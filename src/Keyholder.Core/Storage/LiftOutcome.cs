namespace Keyholder.Storage;

/// <summary>What became of lifting an entry of the kill switch.</summary>
public enum LiftOutcome
{
    Lifted,

    /// <summary>No entry stands under that id: it never did, has expired, or was lifted before.</summary>
    NotFound,

    /// <summary>The entry is for good.</summary>
    Permanent,
}
