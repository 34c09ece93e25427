using System.Data.Common;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>virtual_keys</c> and how to read them.</summary>
internal static class VirtualKeyColumns
{
    public const string All = """
        id, name, owner_user_id, generation, secret_hash, secret_issued_at, previous_hash, previous_issued_at, previous_expires_at,
        created_at, expires_at, deactivated_at, last_used_at, declared, withdrawn
        """;

    public static VirtualKey Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.GetString(1),
        OwnerUserId = row.TextOrNull(2),
        Generation = (uint)row.GetInt64(3),
        SecretHash = row.BytesOrNull(4),
        SecretIssuedAt = row.Time(5),
        Previous = row.IsDBNull(6) ? null : new PreviousSecret(row.Bytes(6), row.Time(7), row.Time(8)),
        CreatedAt = row.Time(9),
        ExpiresAt = row.TimeOrNull(10),
        DeactivatedAt = row.TimeOrNull(11),
        LastUsedAt = row.TimeOrNull(12),
        Declared = row.IsDBNull(13) ? null : row.GetBoolean(13),
        Withdrawn = row.GetBoolean(14),
    };
}
