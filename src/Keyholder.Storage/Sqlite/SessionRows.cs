using Keyholder.Sessions;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>sessions</c>.</summary>
internal static class SessionRows
{
    public const string Columns = """
        id, subject_kind, subject_id, client_id, resource, scopes, authenticated_at, created_at,
        code_hash, code_expires_at, code_redirect_uri, code_redirect_uri_was_sent, code_challenge, code_redeemed_at,
        generation, refresh_hash, previous_hash, sealed_successor, rotated_at,
        last_used_at, idle_expires_at, absolute_expires_at, revoked_at, revoked_reason
        """;

    /// <summary>Whether the session's subject is live. Nothing is known of virtual keys, so theirs are not.</summary>
    public const string SubjectIsLive = """
        (subject_kind = 'session'
          OR (subject_kind = 'user' AND EXISTS (SELECT 1 FROM users WHERE users.id = sessions.subject_id AND users.disabled_at IS NULL)))
        """;

    public static void Insert(PreparedConnection connection, Session session) => connection.Execute(
        $"""
        INSERT INTO sessions ({Columns}) VALUES (
          $id, $subject_kind, $subject_id, $client_id, $resource, $scopes, $authenticated_at, $created_at,
          $code_hash, $code_expires_at, $code_redirect_uri, $code_redirect_uri_was_sent, $code_challenge, $code_redeemed_at,
          $generation, $refresh_hash, $previous_hash, $sealed_successor, $rotated_at,
          $last_used_at, $idle_expires_at, $absolute_expires_at, $revoked_at, $revoked_reason)
        """,
        ("$id", session.Id),
        ("$subject_kind", session.Subject.KindName),
        ("$subject_id", session.Subject.Id),
        ("$client_id", session.ClientId),
        ("$resource", session.Resource),
        ("$scopes", JsonText.Write(session.Scopes)),
        ("$authenticated_at", session.AuthenticatedAt),
        ("$created_at", session.CreatedAt),
        ("$code_hash", session.Code.Hash),
        ("$code_expires_at", session.Code.ExpiresAt),
        ("$code_redirect_uri", session.Code.RedirectUri),
        ("$code_redirect_uri_was_sent", session.Code.RedirectUriWasSent),
        ("$code_challenge", session.Code.Challenge),
        ("$code_redeemed_at", session.Code.RedeemedAt),
        ("$generation", session.Generation),
        ("$refresh_hash", session.RefreshHash),
        ("$previous_hash", session.PreviousHash),
        ("$sealed_successor", session.SealedSuccessor),
        ("$rotated_at", session.RotatedAt),
        ("$last_used_at", session.LastUsedAt),
        ("$idle_expires_at", session.IdleExpiresAt),
        ("$absolute_expires_at", session.AbsoluteExpiresAt),
        ("$revoked_at", session.RevokedAt),
        ("$revoked_reason", session.RevokedReason));

    public static Session Read(SqliteDataReader row) => new()
    {
        Id = row.SessionId(0),
        Subject = row.Subject(1),
        ClientId = row.GetString(3),
        Resource = row.GetString(4),
        Scopes = row.List(5),
        AuthenticatedAt = row.Time(6),
        CreatedAt = row.Time(7),
        Code = new AuthorizationCodeRecord
        {
            Hash = row.Bytes(8),
            ExpiresAt = row.Time(9),
            RedirectUri = row.GetString(10),
            RedirectUriWasSent = row.GetBoolean(11),
            Challenge = row.GetString(12),
            RedeemedAt = row.TimeOrNull(13),
        },
        Generation = (uint)row.GetInt64(14),
        RefreshHash = row.BytesOrNull(15),
        PreviousHash = row.BytesOrNull(16),
        SealedSuccessor = row.BytesOrNull(17),
        RotatedAt = row.TimeOrNull(18),
        LastUsedAt = row.Time(19),
        IdleExpiresAt = row.Time(20),
        AbsoluteExpiresAt = row.Time(21),
        RevokedAt = row.TimeOrNull(22),
        RevokedReason = row.TextOrNull(23),
    };
}
