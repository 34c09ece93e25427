using Keyholder.Revocation;
using Keyholder.Vault;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>credential_refusals</c> and <c>scope_demands</c>.</summary>
internal static class CredentialRefusalRows
{
    /// <summary>Those of a credential as two columns of it, for <see cref="Rows.CredentialColumns.Read"/>.</summary>
    public const string Columns = """
        (SELECT json_agg(json_build_array(resource, reason, since::text, retry_at::text) ORDER BY resource)::text
         FROM credential_refusals WHERE credential_refusals.row_id = credentials.row_id),
        (SELECT json_agg(json_build_array(resource, scopes, demanded_at::text, connected_at::text) ORDER BY resource)::text
         FROM scope_demands WHERE scope_demands.row_id = credentials.row_id)
        """;

    /// <summary>Ends all refusals of a credential whose secret was written, and says so to every node. What was demanded of it was asked for.</summary>
    public static async Task ClearAsync(PostgresStatements statements, StoredCredential written)
    {
        await statements.ExecuteAsync(
            "UPDATE scope_demands SET connected_at = @now WHERE row_id = @row_id AND connected_at IS NULL", ("row_id", written.RowId), ("now", written.UpdatedAt));
        if (await statements.ExecuteAsync("DELETE FROM credential_refusals WHERE row_id = @row_id", ("row_id", written.RowId)) > 0)
        {
            await AppendNoticeAsync(statements, written.Key, written.UpdatedAt);
        }
    }

    /// <summary>Says to every node that a credential changed.</summary>
    public static Task AppendNoticeAsync(PostgresStatements statements, CredentialKey key, DateTimeOffset now) =>
        RevocationRows.AppendNoticeAsync(statements, RevocationNotice.Of(CredentialNotice.TargetOf(key.Owner), now));
}
