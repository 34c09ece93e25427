using Keyholder.Revocation;
using Keyholder.Vault;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>credential_refusals</c> and <c>scope_demands</c>.</summary>
internal static class CredentialRefusalRows
{
    /// <summary>Those of a credential as two columns of it, for <see cref="Rows.CredentialColumns.Read"/>.</summary>
    public const string Columns = """
        (SELECT json_group_array(json_array(resource, reason, CAST(since AS TEXT), CAST(retry_at AS TEXT)))
         FROM credential_refusals WHERE credential_refusals.row_id = credentials.row_id),
        (SELECT json_group_array(json_array(resource, scopes, CAST(demanded_at AS TEXT), CAST(connected_at AS TEXT)))
         FROM scope_demands WHERE scope_demands.row_id = credentials.row_id)
        """;

    /// <summary>Ends all refusals of a credential whose secret was written, and says so to every node; whether there were any. Of what was demanded of it, what the provider was asked for counts as granted.</summary>
    /// <param name="connection">In the transaction that wrote it.</param>
    /// <param name="written">The credential.</param>
    /// <param name="askedAt">When the person was sent to the provider: not asked for is what was demanded later, and what had been demanded in vain too long ago, which is forgotten.</param>
    public static bool Clear(PreparedConnection connection, StoredCredential written, DateTimeOffset askedAt)
    {
        connection.Execute(
            "DELETE FROM scope_demands WHERE row_id = $row_id AND connected_at IS NULL AND demanded_at <= $too_old",
            ("$row_id", written.RowId),
            ("$too_old", askedAt - ScopeDemand.Pause));
        connection.Execute(
            "UPDATE scope_demands SET connected_at = $now WHERE row_id = $row_id AND connected_at IS NULL AND demanded_at <= $asked_at",
            ("$row_id", written.RowId),
            ("$now", written.UpdatedAt),
            ("$asked_at", askedAt));
        var cleared = connection.Execute("DELETE FROM credential_refusals WHERE row_id = $row_id", ("$row_id", written.RowId)) > 0;
        if (cleared)
        {
            AppendNotice(connection, written.Key, written.UpdatedAt);
        }

        return cleared;
    }

    /// <summary>Says to every node that a credential changed.</summary>
    public static void AppendNotice(PreparedConnection connection, CredentialKey key, DateTimeOffset now) =>
        RevocationRows.AppendNotice(connection, RevocationNotice.Of(CredentialNotice.TargetOf(key.Owner), now));
}
