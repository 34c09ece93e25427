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
    public const string SubjectIsLive = LiveBefore + " @now" + LiveAfter;

    /// <summary>The same at <c>change.now</c>, for an update that is made from changes.</summary>
    public const string SubjectIsLiveAtChange = LiveBefore + " change.now" + LiveAfter;

    // CASE, because of an OR a planner may evaluate parts twice.
    private const string LiveBefore = """
        CASE subject_kind
          WHEN 'session' THEN true
          WHEN 'user' THEN EXISTS (SELECT 1 FROM users WHERE users.id = sessions.subject_id AND users.disabled_at IS NULL)
          WHEN 'vk' THEN EXISTS (
            SELECT 1 FROM virtual_keys
            WHERE virtual_keys.id = sessions.subject_id AND virtual_keys.deactivated_at IS NULL
              AND (virtual_keys.expires_at IS NULL OR virtual_keys.expires_at >
        """;

    private const string LiveAfter = """
        )
              AND (virtual_keys.owner_user_id IS NULL
                OR EXISTS (SELECT 1 FROM users WHERE users.id = virtual_keys.owner_user_id AND users.disabled_at IS NULL)))
          ELSE false END
        """;

    /// <summary>What a rotation leaves as it is: together with the rotation, the whole row.</summary>
    public const string UnchangedByRotation = """
        subject_kind, subject_id, resource, scopes, authenticated_at, created_at,
        code_hash, code_expires_at, code_redirect_uri, code_redirect_uri_was_sent, code_challenge, code_redeemed_at, absolute_expires_at
        """;

    /// <summary>Reads <see cref="All"/>.</summary>
    public static Session Read(DbDataReader row) => Read(row, firstColumn: 0);

    /// <summary>Reads <see cref="All"/> from a column on.</summary>
    public static Session Read(DbDataReader row, int firstColumn) => new()
    {
        Id = row.SessionId(firstColumn),
        Subject = row.Subject(firstColumn + 1),
        ClientId = row.GetString(firstColumn + 3),
        Resource = row.GetString(firstColumn + 4),
        Scopes = row.List(firstColumn + 5),
        AuthenticatedAt = row.Time(firstColumn + 6),
        CreatedAt = row.Time(firstColumn + 7),
        Code = ReadCode(row, firstColumn + 8),
        Generation = (uint)row.GetInt64(firstColumn + 14),
        RefreshHash = row.BytesOrNull(firstColumn + 15),
        PreviousHash = row.BytesOrNull(firstColumn + 16),
        SealedSuccessor = row.BytesOrNull(firstColumn + 17),
        RotatedAt = row.TimeOrNull(firstColumn + 18),
        LastUsedAt = row.Time(firstColumn + 19),
        IdleExpiresAt = row.Time(firstColumn + 20),
        AbsoluteExpiresAt = row.Time(firstColumn + 21),
        RevokedAt = row.TimeOrNull(firstColumn + 22),
        RevokedReason = row.TextOrNull(firstColumn + 23),
    };

    /// <summary>The session as <paramref name="rotation"/> left it, from <see cref="UnchangedByRotation"/>. Reading back what was just written would cost more than the rest of the row.</summary>
    public static Session ReadRotated(DbDataReader row, int firstColumn, Rotation rotation, DateTimeOffset now)
    {
        now = ToStored(now);
        var idleExpiresAt = ToStored(rotation.IdleExpiresAt);
        var absoluteExpiresAt = row.Time(firstColumn + 12);
        return new Session
        {
            Id = rotation.SessionId,
            Subject = row.Subject(firstColumn),
            ClientId = rotation.ClientId,
            Resource = row.GetString(firstColumn + 2),
            Scopes = row.List(firstColumn + 3),
            AuthenticatedAt = row.Time(firstColumn + 4),
            CreatedAt = row.Time(firstColumn + 5),
            Code = ReadCode(row, firstColumn + 6),
            Generation = rotation.Generation + 1,
            RefreshHash = rotation.SuccessorHash,
            PreviousHash = rotation.RefreshHash,
            SealedSuccessor = rotation.SealedSuccessor,
            RotatedAt = now,
            LastUsedAt = now,
            IdleExpiresAt = idleExpiresAt < absoluteExpiresAt ? idleExpiresAt : absoluteExpiresAt,
            AbsoluteExpiresAt = absoluteExpiresAt,
        };
    }

    private static AuthorizationCodeRecord ReadCode(DbDataReader row, int firstColumn) => new()
    {
        Hash = row.Bytes(firstColumn),
        ExpiresAt = row.Time(firstColumn + 1),
        RedirectUri = row.GetString(firstColumn + 2),
        RedirectUriWasSent = row.GetBoolean(firstColumn + 3),
        Challenge = row.GetString(firstColumn + 4),
        RedeemedAt = row.TimeOrNull(firstColumn + 5),
    };

    // Columns hold whole milliseconds.
    private static DateTimeOffset ToStored(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
