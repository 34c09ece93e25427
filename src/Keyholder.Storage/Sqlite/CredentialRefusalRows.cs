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

    /// <summary>Ends all refusals of a credential whose secret was written, and says so to every node; whether there were any. What was demanded of it was asked for.</summary>
    public static bool Clear(PreparedConnection connection, StoredCredential written)
    {
        connection.Execute(
            "UPDATE scope_demands SET connected_at = $now WHERE row_id = $row_id AND connected_at IS NULL", ("$row_id", written.RowId), ("$now", written.UpdatedAt));
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
