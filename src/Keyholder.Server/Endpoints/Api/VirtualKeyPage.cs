namespace Keyholder.Server.Endpoints.Api;

/// <summary>A page of virtual keys.</summary>
/// <param name="VirtualKeys">In name order.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null on the last.</param>
internal sealed record VirtualKeyPage(IReadOnlyList<VirtualKeyDocument> VirtualKeys, string? NextCursor);
