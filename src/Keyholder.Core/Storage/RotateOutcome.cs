namespace Keyholder.Storage;

/// <summary>What became of a rotation. Only <see cref="Rotated"/> changed the row.</summary>
public enum RotateOutcome
{
    /// <summary>The presented token was the newest one and has been replaced.</summary>
    Rotated,

    NotFound,

    Revoked,

    Expired,

    /// <summary>The presented token is genuine, but another client presents it, or names a resource the session is not for.</summary>
    Mismatch,

    /// <summary>The subject is missing or disabled.</summary>
    SubjectInactive,

    /// <summary>The presented token is the newest one's immediate predecessor.</summary>
    Predecessor,

    /// <summary>The presented token is older, or from no lineage this row knows.</summary>
    Superseded,
}
