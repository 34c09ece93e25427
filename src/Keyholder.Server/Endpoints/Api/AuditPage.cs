namespace Keyholder.Server.Endpoints.Api;

/// <summary>A page of the audit trail.</summary>
/// <param name="Events">The latest written first.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null on the last.</param>
internal sealed record AuditPage(IReadOnlyList<AuditDocument> Events, string? NextCursor);
