using Keyholder.Upstream.Revocation;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>A revocation at a provider as the API shows it.</summary>
internal sealed record UpstreamRevocationDocument(
    string Id,
    string Provider,
    string Owner,
    string Cause,
    string Status,
    string? Reason,
    int Attempts,
    DateTimeOffset? DueAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt)
{
    /// <summary>The document of a revocation.</summary>
    public static UpstreamRevocationDocument Of(UpstreamRevocation revocation) => new(
        revocation.IdText,
        revocation.Key.Provider,
        revocation.Key.Owner.ToString(),
        revocation.Cause,
        CredentialWords.RevocationStatus(revocation.Status),
        revocation.Reason,
        revocation.Attempts,
        revocation.Status == UpstreamRevocationStatus.Pending ? revocation.DueAt : null,
        revocation.CreatedAt,
        revocation.FinishedAt);
}
