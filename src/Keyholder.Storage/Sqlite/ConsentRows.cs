using Keyholder.Authorization;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>consents</c>.</summary>
internal static class ConsentRows
{
    public static Consent? Find(PreparedConnection connection, Subject subject, string clientId, string redirectHost, string resource) => connection.QuerySingle(
        $"""
        SELECT {ConsentColumns.All} FROM consents
        WHERE subject_kind = $subject_kind AND subject_id = $subject_id AND client_id = $client_id AND redirect_host = $redirect_host AND resource = $resource
        """,
        ConsentColumns.Read,
        ("$subject_kind", subject.KindName),
        ("$subject_id", subject.Id),
        ("$client_id", clientId),
        ("$redirect_host", redirectHost),
        ("$resource", resource));

    /// <summary>Remembers an approval.</summary>
    public static void Remember(PreparedConnection connection, Consent consent)
    {
        var before = Find(connection, consent.Subject, consent.ClientId, consent.RedirectHost, consent.Resource);
        connection.Execute(
            $"""
            INSERT INTO consents ({ConsentColumns.All})
            VALUES ($subject_kind, $subject_id, $client_id, $redirect_host, $resource, $scopes, $client_fingerprint, $granted_at)
            ON CONFLICT DO UPDATE SET scopes = excluded.scopes, client_fingerprint = excluded.client_fingerprint, granted_at = excluded.granted_at
            """,
            ("$subject_kind", consent.Subject.KindName),
            ("$subject_id", consent.Subject.Id),
            ("$client_id", consent.ClientId),
            ("$redirect_host", consent.RedirectHost),
            ("$resource", consent.Resource),
            ("$scopes", JsonText.Write(ConsentColumns.ScopesToKeep(before, consent))),
            ("$client_fingerprint", consent.ClientFingerprint),
            ("$granted_at", consent.GrantedAt));
    }
}
