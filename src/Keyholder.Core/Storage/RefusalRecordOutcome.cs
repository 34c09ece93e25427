namespace Keyholder.Storage;

/// <summary>What became of the record that a resource refuses a credential.</summary>
public enum RefusalRecordOutcome
{
    /// <summary>It stands from now on.</summary>
    Recorded,

    /// <summary>It stood already; nothing was changed.</summary>
    Standing,

    /// <summary>The credential is gone, is not active, or was written since it was read; nothing was changed.</summary>
    Changed,
}
