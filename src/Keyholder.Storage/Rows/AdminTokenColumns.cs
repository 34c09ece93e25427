using System.Data.Common;
using Keyholder.Tokens;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>admin_tokens</c> and how to read them.</summary>
internal static class AdminTokenColumns
{
    public const string All = "id, name, secret_hash, created_at, revoked_at";

    public static AdminToken Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.GetString(1),
        SecretHash = row.Bytes(2),
        CreatedAt = row.Time(3),
        RevokedAt = row.TimeOrNull(4),
    };
}
