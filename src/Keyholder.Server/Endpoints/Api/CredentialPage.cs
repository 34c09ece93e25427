namespace Keyholder.Server.Endpoints.Api;

/// <summary>A page of credentials.</summary>
/// <param name="Credentials">Newest first.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null on the last.</param>
internal sealed record CredentialPage(IReadOnlyList<CredentialDocument> Credentials, string? NextCursor);
