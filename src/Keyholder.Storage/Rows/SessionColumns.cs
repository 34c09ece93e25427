using System.Data.Common;
using Keyholder.Sessions;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>sessions</c> and how to read them.</summary>
internal static class SessionColumns
{
    public const string All = """
        id, subject_kind, subject_id, client_id, resource, scopes, authenticated_at, created_at,
        code_hash, code_expires_at, code_redirect_uri, code_redirect_uri_was_sent, code_challenge, code_redeemed_at,
        generation, refresh_hash, previous_hash, sealed_successor, rotated_at,
        last_used_at, idle_expires_at, absolute_expires_at, revoked_at, revoked_reason
        """;

    /// <summary>Whether the session's subject is live at <c>@now</c>: a user is not disabled, a virtual key active, not expired, and its owner, if any, not disabled.</summary>
    public const string SubjectIsLive = """
        (subject_kind = 'session'
          OR (subject_kind = 'user' AND EXISTS (SELECT 1 FROM users WHERE users.id = sessions.subject_id AND users.disabled_at IS NULL))
          OR (subject_kind = 'vk' AND EXISTS (
            SELECT 1 FROM virtual_keys
            WHERE virtual_keys.id = sessions.subject_id AND virtual_keys.deactivated_at IS NULL
              AND (virtual_keys.expires_at IS NULL OR virtual_keys.expires_at > @now)
              AND (virtual_keys.owner_user_id IS NULL
                OR EXISTS (SELECT 1 FROM users WHERE users.id = virtual_keys.owner_user_id AND users.disabled_at IS NULL)))))
        """;

    public static Session Read(DbDataReader row) => new()
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
