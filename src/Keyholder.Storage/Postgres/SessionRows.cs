using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>sessions</c>.</summary>
internal static class SessionRows
{
    public static Task InsertAsync(PostgresStatements statements, Session session) => statements.ExecuteAsync(
        $"""
        INSERT INTO sessions ({SessionColumns.All}) VALUES (
          @id, @subject_kind, @subject_id, @client_id, @resource, @scopes, @authenticated_at, @created_at,
          @code_hash, @code_expires_at, @code_redirect_uri, @code_redirect_uri_was_sent, @code_challenge, @code_redeemed_at,
          @generation, @refresh_hash, @previous_hash, @sealed_successor, @rotated_at,
          @last_used_at, @idle_expires_at, @absolute_expires_at, @revoked_at, @revoked_reason)
        """,
        ("id", session.Id),
        ("subject_kind", session.Subject.KindName),
        ("subject_id", session.Subject.Id),
        ("client_id", session.ClientId),
        ("resource", session.Resource),
        ("scopes", JsonText.Write(session.Scopes)),
        ("authenticated_at", session.AuthenticatedAt),
        ("created_at", session.CreatedAt),
        ("code_hash", session.Code.Hash),
        ("code_expires_at", session.Code.ExpiresAt),
        ("code_redirect_uri", session.Code.RedirectUri),
        ("code_redirect_uri_was_sent", session.Code.RedirectUriWasSent),
        ("code_challenge", session.Code.Challenge),
        ("code_redeemed_at", session.Code.RedeemedAt),
        ("generation", session.Generation),
        ("refresh_hash", session.RefreshHash),
        ("previous_hash", session.PreviousHash),
        ("sealed_successor", session.SealedSuccessor),
        ("rotated_at", session.RotatedAt),
        ("last_used_at", session.LastUsedAt),
        ("idle_expires_at", session.IdleExpiresAt),
        ("absolute_expires_at", session.AbsoluteExpiresAt),
        ("revoked_at", session.RevokedAt),
        ("revoked_reason", session.RevokedReason));
}
