using System.Data.Common;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>signing_keys</c> and how to read them.</summary>
internal static class SigningKeyColumns
{
    public const string All = "id, sealed_private_key, created_at, signs_from, retires_at";

    public static StoredSigningKey Read(DbDataReader row) =>
        new(row.GetString(0), row.Bytes(1), row.Time(2), row.Time(3), row.TimeOrNull(4));
}
