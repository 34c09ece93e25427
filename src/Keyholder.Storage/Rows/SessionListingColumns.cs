using System.Data.Common;
using Keyholder.Sessions;

namespace Keyholder.Storage.Rows;

/// <summary>Sessions with the names beside them. The columns that prove possession are not among those read.</summary>
internal static class SessionListingColumns
{
    /// <summary>What <see cref="Read"/> takes, of sessions aliased <c>listed</c>.</summary>
    public const string Select = """
        SELECT listed.id, listed.subject_kind, listed.subject_id, coalesce(users.display_name, virtual_keys.name), listed.client_id, clients.name, listed.resource, listed.scopes,
               listed.authenticated_at, listed.created_at, listed.last_used_at,
               CASE WHEN listed.idle_expires_at < listed.absolute_expires_at THEN listed.idle_expires_at ELSE listed.absolute_expires_at END,
               listed.revoked_at, listed.revoked_reason
        """;

    public const string Names = """
        LEFT JOIN clients ON clients.id = listed.client_id
        LEFT JOIN users ON listed.subject_kind = 'user' AND users.id = listed.subject_id
        LEFT JOIN virtual_keys ON listed.subject_kind = 'vk' AND virtual_keys.id = listed.subject_id
        """;

    public static SessionListing Read(DbDataReader row) => new()
    {
        Id = row.SessionId(0),
        Subject = row.Subject(1),
        SubjectName = row.TextOrNull(3),
        ClientId = row.GetString(4),
        ClientName = row.TextOrNull(5),
        Resource = row.GetString(6),
        Scopes = row.List(7),
        AuthenticatedAt = row.Time(8),
        CreatedAt = row.Time(9),
        LastUsedAt = row.Time(10),
        ExpiresAt = row.Time(11),
        RevokedAt = row.TimeOrNull(12),
        RevokedReason = row.TextOrNull(13),
    };
}
