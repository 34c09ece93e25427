namespace Keyholder.Storage;

/// <summary>What became of a refreshed token set.</summary>
public enum RefreshStoreOutcome
{
    /// <summary>Stored, and the credential is active.</summary>
    Stored,

    /// <summary>Stored, but the credential was orphaned or marked meanwhile and stays so.</summary>
    StoredInactive,

    /// <summary>The right was lost: the row is gone, was written, or another refresh of it was begun. Nothing was changed.</summary>
    Lost,
}
