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

    /// <summary>Ends all refusals of a credential whose secret was written, and says so to every node. Of what was demanded of it, what the provider was asked for counts as granted.</summary>
    /// <param name="statements">Of the transaction that wrote it.</param>
    /// <param name="written">The credential.</param>
    /// <param name="askedAt">When the person was sent to the provider: not asked for is what was demanded later, and what had been demanded in vain too long ago, which is forgotten.</param>
    public static async Task ClearAsync(PostgresStatements statements, StoredCredential written, DateTimeOffset askedAt)
    {
        await statements.ExecuteAsync(
            "DELETE FROM scope_demands WHERE row_id = @row_id AND connected_at IS NULL AND demanded_at <= @too_old",
            ("row_id", written.RowId),
            ("too_old", askedAt - ScopeDemand.Pause));
        await statements.ExecuteAsync(
            "UPDATE scope_demands SET connected_at = @now WHERE row_id = @row_id AND connected_at IS NULL AND demanded_at <= @asked_at",
            ("row_id", written.RowId),
            ("now", written.UpdatedAt),
            ("asked_at", askedAt));
        if (await statements.ExecuteAsync("DELETE FROM credential_refusals WHERE row_id = @row_id", ("row_id", written.RowId)) > 0)
        {
            await AppendNoticeAsync(statements, written.Key, written.UpdatedAt);
        }
    }

    /// <summary>Says to every node that a credential changed.</summary>
    public static Task AppendNoticeAsync(PostgresStatements statements, CredentialKey key, DateTimeOffset now) =>
        RevocationRows.AppendNoticeAsync(statements, RevocationNotice.Of(CredentialNotice.TargetOf(key.Owner), now));
}
