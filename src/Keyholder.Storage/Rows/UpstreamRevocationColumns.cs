using System.Data.Common;
using Keyholder.Upstream.Revocation;
using Keyholder.Vault;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>upstream_revocations</c> and how to read them.</summary>
internal static class UpstreamRevocationColumns
{
    public const string All = "id, owner_kind, owner_id, provider, cause, status, reason, attempts, due_at, created_at, finished_at";

    /// <summary>Those of a claimed row.</summary>
    public const string Claimed = $"""
        {All}, provider_subject, bound_subject, bound_client, version, envelope,
          EXISTS (
            SELECT 1 FROM credentials
            WHERE credentials.provider = upstream_revocations.provider AND credentials.provider_subject = upstream_revocations.provider_subject)
        """;

    /// <summary>What restricts a page: <c>@status</c>, <c>@after_at</c>, <c>@after_id</c>.</summary>
    public static string Filters(UpstreamRevocationQuery query) =>
        (query.Status is null ? "TRUE" : "status = @status") + (query.After is null ? "" : " AND (created_at, id) < (@after_at, @after_id)");

    public static UpstreamRevocation Read(DbDataReader row) => new()
    {
        Id = row.Bytes(0),
        Key = new CredentialKey(new CredentialOwner(StoredWords.OwnerKind.Read(row.GetString(1)), row.GetString(2)), row.GetString(3)),
        Cause = row.GetString(4),
        Status = StoredWords.UpstreamRevocationStatus.Read(row.GetString(5)),
        Reason = row.TextOrNull(6),
        Attempts = (int)row.GetInt64(7),
        DueAt = row.Time(8),
        CreatedAt = row.Time(9),
        FinishedAt = row.TimeOrNull(10),
    };

    public static ClaimedUpstreamRevocation ReadClaimed(DbDataReader row)
    {
        var revocation = Read(row);
        var credential = new StoredCredential
        {
            RowId = revocation.Id,
            Key = revocation.Key,
            Kind = CredentialKind.OAuth,
            Binding = CredentialColumns.ReadBinding(row, 12),
            Version = row.GetInt64(14),
            Envelope = row.Bytes(15),
            Status = CredentialStatus.Active,
            ProviderSubject = row.TextOrNull(11),
            CreatedAt = revocation.CreatedAt,
            UpdatedAt = revocation.CreatedAt,
        };
        return new ClaimedUpstreamRevocation(revocation, credential, row.GetBoolean(16));
    }
}
