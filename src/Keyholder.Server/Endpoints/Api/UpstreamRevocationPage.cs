using Keyholder.Storage;
using Keyholder.Upstream.Revocation;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>A page of revocations at providers.</summary>
/// <param name="Revocations">Newest first.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null on the last.</param>
internal sealed record UpstreamRevocationPage(IReadOnlyList<UpstreamRevocationDocument> Revocations, string? NextCursor)
{
    /// <summary>The page of what was found when one more was asked for than fits.</summary>
    public static UpstreamRevocationPage Of(IReadOnlyList<UpstreamRevocation> found, int limit) => new(
        [.. found.Take(limit).Select(UpstreamRevocationDocument.Of)],
        found.Count > limit ? new RowPosition(found[limit - 1].CreatedAt, found[limit - 1].Id).ToString() : null);
}
