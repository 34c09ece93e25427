namespace Keyholder.Authorization;

/// <summary>How far a leg has come.</summary>
public enum LegState
{
    /// <summary>The provider has to be connected.</summary>
    Pending,

    /// <summary>Its credential is in the vault.</summary>
    Connected,

    /// <summary>The person did without it.</summary>
    Skipped,
}
