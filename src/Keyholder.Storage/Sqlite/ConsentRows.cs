using Keyholder.Authorization;
using Keyholder.Sessions;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>consents</c>.</summary>
internal static class ConsentRows
{
    public static Consent? Find(PreparedConnection connection, Subject subject, string clientId, string redirectHost, string resource) => connection.QuerySingle(
        """
        SELECT subject_kind, subject_id, client_id, redirect_host, resource, scopes, client_fingerprint, granted_at FROM consents
        WHERE subject_kind = $subject_kind AND subject_id = $subject_id AND client_id = $client_id AND redirect_host = $redirect_host AND resource = $resource
        """,
        Read,
        ("$subject_kind", subject.KindName),
        ("$subject_id", subject.Id),
        ("$client_id", clientId),
        ("$redirect_host", redirectHost),
        ("$resource", resource));

    /// <summary>Remembers an approval. Scopes approved before are kept only while the client is still what was approved then.</summary>
    public static void Remember(PreparedConnection connection, Consent consent)
    {
        var before = Find(connection, consent.Subject, consent.ClientId, consent.RedirectHost, consent.Resource);
        var kept = before is not null && before.ClientFingerprint.AsSpan().SequenceEqual(consent.ClientFingerprint) ? before.Scopes : [];
        connection.Execute(
            """
            INSERT INTO consents (subject_kind, subject_id, client_id, redirect_host, resource, scopes, client_fingerprint, granted_at)
            VALUES ($subject_kind, $subject_id, $client_id, $redirect_host, $resource, $scopes, $client_fingerprint, $granted_at)
            ON CONFLICT DO UPDATE SET scopes = excluded.scopes, client_fingerprint = excluded.client_fingerprint, granted_at = excluded.granted_at
            """,
            ("$subject_kind", consent.Subject.KindName),
            ("$subject_id", consent.Subject.Id),
            ("$client_id", consent.ClientId),
            ("$redirect_host", consent.RedirectHost),
            ("$resource", consent.Resource),
            ("$scopes", JsonText.Write([.. kept.Union(consent.Scopes)])),
            ("$client_fingerprint", consent.ClientFingerprint),
            ("$granted_at", consent.GrantedAt));
    }

    private static Consent Read(SqliteDataReader row) =>
        new(row.Subject(0), row.GetString(2), row.GetString(3), row.GetString(4), row.List(5), row.Bytes(6), row.Time(7));
}
