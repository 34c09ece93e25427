using Keyholder.Authorization;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>consents</c>.</summary>
internal static class ConsentRows
{
    public static Task<Consent?> FindAsync(PostgresStatements statements, Subject subject, string clientId, string redirectHost, string resource) => statements.QuerySingleAsync(
        $"""
        SELECT {ConsentColumns.All} FROM consents
        WHERE subject_kind = @subject_kind AND subject_id = @subject_id AND client_id = @client_id AND redirect_host = @redirect_host AND resource = @resource
        """,
        ConsentColumns.Read,
        ("subject_kind", subject.KindName),
        ("subject_id", subject.Id),
        ("client_id", clientId),
        ("redirect_host", redirectHost),
        ("resource", resource));

    /// <summary>Remembers an approval. One at a time per subject, so that no concurrent one is forgotten.</summary>
    public static async Task RememberAsync(PostgresStatements statements, Consent consent)
    {
        await statements.LockAsync(PostgresLocks.Consents, consent.Subject.Id);
        var before = await FindAsync(statements, consent.Subject, consent.ClientId, consent.RedirectHost, consent.Resource);
        await statements.ExecuteAsync(
            $"""
            INSERT INTO consents ({ConsentColumns.All})
            VALUES (@subject_kind, @subject_id, @client_id, @redirect_host, @resource, @scopes, @client_fingerprint, @granted_at)
            ON CONFLICT (subject_kind, subject_id, client_id, redirect_host, resource) DO UPDATE SET scopes = excluded.scopes, client_fingerprint = excluded.client_fingerprint, granted_at = excluded.granted_at
            """,
            ("subject_kind", consent.Subject.KindName),
            ("subject_id", consent.Subject.Id),
            ("client_id", consent.ClientId),
            ("redirect_host", consent.RedirectHost),
            ("resource", consent.Resource),
            ("scopes", JsonText.Write(ConsentColumns.ScopesToKeep(before, consent))),
            ("client_fingerprint", consent.ClientFingerprint),
            ("granted_at", consent.GrantedAt));
    }

    /// <summary>Forgets what a subject approved for a client and resource at every redirect host; an approval under way comes before or after it, never half.</summary>
    public static async Task ForgetAsync(PostgresStatements statements, Subject subject, string clientId, string resource)
    {
        await statements.LockAsync(PostgresLocks.Consents, subject.Id);
        await statements.ExecuteAsync(
            "DELETE FROM consents WHERE subject_kind = @subject_kind AND subject_id = @subject_id AND client_id = @client_id AND resource = @resource",
            ("subject_kind", subject.KindName),
            ("subject_id", subject.Id),
            ("client_id", clientId),
            ("resource", resource));
    }
}
