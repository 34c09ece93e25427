namespace Keyholder.Sessions;

/// <summary>What a presented refresh token is answered with.</summary>
public enum RefreshDecision
{
    /// <summary>It was the newest one and is replaced: the successor made for this request.</summary>
    Rotated,

    /// <summary>It was replaced a moment ago and nobody used the successor yet: that same successor again.</summary>
    Retry,

    /// <summary>It was replaced before: two parties hold the lineage, so the session is revoked.</summary>
    Reused,

    /// <summary>It opens nothing, and nothing is changed.</summary>
    Invalid,
}
