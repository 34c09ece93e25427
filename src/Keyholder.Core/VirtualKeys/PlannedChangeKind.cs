namespace Keyholder.VirtualKeys;

/// <summary>What a reconciliation does to one thing of a virtual key.</summary>
public enum PlannedChangeKind
{
    /// <summary>An active credential becomes orphaned.</summary>
    Orphan,

    /// <summary>An orphaned credential becomes active.</summary>
    Restore,

    /// <summary>A pending connection flow is deleted.</summary>
    DeleteFlow,
}
