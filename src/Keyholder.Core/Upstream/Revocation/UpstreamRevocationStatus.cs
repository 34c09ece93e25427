namespace Keyholder.Upstream.Revocation;

/// <summary>How far the revocation of a credential at its provider is.</summary>
public enum UpstreamRevocationStatus
{
    /// <summary>It is tried, or tried again later.</summary>
    Pending,

    /// <summary>Nothing is left to revoke.</summary>
    Done,

    /// <summary>It is not tried any more.</summary>
    Failed,
}
