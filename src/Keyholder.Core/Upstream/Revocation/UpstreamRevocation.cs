using Keyholder.OAuth;
using Keyholder.Vault;

namespace Keyholder.Upstream.Revocation;

/// <summary>A credential that left the vault and is to be revoked at its provider (RFC 7009). Holds no secret.</summary>
public sealed record UpstreamRevocation
{
    /// <summary>The credential's <see cref="StoredCredential.RowId"/>: 16 bytes.</summary>
    public required byte[] Id { get; init; }

    /// <summary>What the credential was found by.</summary>
    public required CredentialKey Key { get; init; }

    /// <summary>Why the credential was deleted: one of <see cref="UpstreamRevocationCauses"/>.</summary>
    public required string Cause { get; init; }

    public required UpstreamRevocationStatus Status { get; init; }

    /// <summary>A word of <see cref="UpstreamRevocationReasons"/>: how it ended, or why the latest attempt failed; null before the first.</summary>
    public string? Reason { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it is tried next; while it is pending.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it is done or failed; null while it is pending.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The id as text: base64url.</summary>
    public string IdText => Base64UrlText.Encode(Id);

    /// <inheritdoc />
    public override string ToString() => $"upstream revocation of {Key} ({Status})";
}
