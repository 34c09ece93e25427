using Keyholder.Storage.Rows;
using Keyholder.Vault;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>credentials</c>.</summary>
internal static class CredentialRows
{
    /// <summary>Inserts the row unless its key is taken; how many rows changed.</summary>
    public static Task<int> InsertAsync(PostgresStatements statements, StoredCredential credential) => statements.ExecuteAsync(
        $"""
        INSERT INTO credentials ({CredentialColumns.All}, session_id) VALUES (
          @owner_kind, @owner_id, @provider, @row_id, @kind, @version, @envelope, @status, @status_reason, @provider_subject, @expires_at, @created_at, @updated_at,
          @bound_subject, @bound_client, @session_id)
        ON CONFLICT (owner_kind, owner_id, provider) DO NOTHING
        """,
        ("owner_kind", credential.Key.Owner.KindName),
        ("owner_id", credential.Key.Owner.Id),
        ("provider", credential.Key.Provider),
        ("row_id", credential.RowId),
        ("kind", StoredWords.CredentialKind.Write(credential.Kind)),
        ("version", credential.Version),
        ("envelope", credential.Envelope),
        ("status", StoredWords.CredentialStatus.Write(credential.Status)),
        ("status_reason", credential.StatusReason),
        ("provider_subject", credential.ProviderSubject),
        ("expires_at", credential.ExpiresAt),
        ("created_at", credential.CreatedAt),
        ("updated_at", credential.UpdatedAt),
        ("bound_subject", credential.Binding?.Subject.ToString()),
        ("bound_client", credential.Binding?.ClientId),
        ("session_id", CredentialColumns.SessionOf(credential.Key.Owner)));

    /// <summary>Replaces the row in place if it is the same row at the expected version; how many rows changed.</summary>
    public static Task<int> ReplaceAsync(PostgresStatements statements, StoredCredential credential, long expectedVersion) => statements.ExecuteAsync(
        """
        UPDATE credentials
        SET kind = @kind, version = @version, envelope = @envelope, status = @status, status_reason = @status_reason,
            provider_subject = @provider_subject, expires_at = @expires_at, updated_at = @updated_at,
            bound_subject = @bound_subject, bound_client = @bound_client,
            refresh_fencing = refresh_fencing + 1, refresh_begun = 0, refresh_until = NULL
        WHERE owner_kind = @owner_kind AND owner_id = @owner_id AND provider = @provider AND row_id = @row_id AND version = @expected
        """,
        ("owner_kind", credential.Key.Owner.KindName),
        ("owner_id", credential.Key.Owner.Id),
        ("provider", credential.Key.Provider),
        ("row_id", credential.RowId),
        ("kind", StoredWords.CredentialKind.Write(credential.Kind)),
        ("version", credential.Version),
        ("envelope", credential.Envelope),
        ("status", StoredWords.CredentialStatus.Write(credential.Status)),
        ("status_reason", credential.StatusReason),
        ("provider_subject", credential.ProviderSubject),
        ("expires_at", credential.ExpiresAt),
        ("updated_at", credential.UpdatedAt),
        ("bound_subject", credential.Binding?.Subject.ToString()),
        ("bound_client", credential.Binding?.ClientId),
        ("expected", expectedVersion));
}
