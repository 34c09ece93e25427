namespace Keyholder.Server.Endpoints.Api;

/// <summary>A page of what stands in the kill switch.</summary>
/// <param name="Revocations">Newest first.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null on the last.</param>
internal sealed record RevocationPage(IReadOnlyList<RevocationDocument> Revocations, string? NextCursor);
