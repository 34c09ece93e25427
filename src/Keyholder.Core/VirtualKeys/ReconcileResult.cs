namespace Keyholder.VirtualKeys;

/// <summary>What a reconciliation changed.</summary>
/// <param name="Orphaned">Active credentials no grant covers any more.</param>
/// <param name="Restored">Orphaned credentials a grant covers again.</param>
/// <param name="FlowsDeleted">Pending connection flows no grant covers any more.</param>
public readonly record struct ReconcileResult(int Orphaned, int Restored, int FlowsDeleted)
{
    /// <summary>Whether everything was as the grants say.</summary>
    public bool IsEmpty => this == default;
}
