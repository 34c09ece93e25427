namespace Keyholder.Server.Endpoints.Api;

/// <summary>A page of sessions.</summary>
/// <param name="Sessions">Newest first.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null on the last.</param>
internal sealed record SessionPage(IReadOnlyList<SessionDocument> Sessions, string? NextCursor);
