namespace Keyholder.Vault;

/// <summary>Whether a key may leave the ring, and what became of it.</summary>
public enum RetireOutcome
{
    /// <summary>Nothing names it, and nobody seals with it.</summary>
    MayRetire,

    /// <summary>There is no key of that id.</summary>
    NotFound,

    /// <summary>It is the key that seals.</summary>
    Sealing,

    /// <summary>Its successor has not sealed for long enough, or it is about to seal itself: an envelope of its may be on the way to the database.</summary>
    Settling,

    /// <summary>Something in the database is sealed with it.</summary>
    InUse,

    /// <summary>It left the key file.</summary>
    Retired,

    /// <summary>It may retire, but the ring is not in a file but in the configuration, which the operator changes.</summary>
    InConfiguration,

    /// <summary>Somebody else is just changing the ring.</summary>
    Busy,
}
