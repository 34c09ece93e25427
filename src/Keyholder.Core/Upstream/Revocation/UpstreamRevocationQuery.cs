using Keyholder.Storage;

namespace Keyholder.Upstream.Revocation;

/// <summary>A page of upstream revocations, newest first, the larger id first among those of one moment.</summary>
public sealed record UpstreamRevocationQuery
{
    /// <summary>Only those; null = all.</summary>
    public UpstreamRevocationStatus? Status { get; init; }

    /// <summary>Only what comes after this one in the list; null = from the newest on.</summary>
    public RowPosition? After { get; init; }

    /// <summary>How many at most; above 0.</summary>
    public required int Limit { get; init; }
}
