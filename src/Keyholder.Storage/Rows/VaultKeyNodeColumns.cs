using System.Data.Common;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>vault_key_nodes</c> that are read, and how to read them.</summary>
internal static class VaultKeyNodeColumns
{
    public const string All = "node, name, opens, seals, changed_at";

    public static VaultKeyNode Read(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.List(2), row.List(3), row.Time(4));
}
