using System.Data.Common;

namespace Keyholder.Storage.Rows;

/// <summary>How to read what <see cref="SealedColumn"/> selects.</summary>
internal static class SealedRows
{
    public static SealedRow Read(SealedKind kind, DbDataReader row) => new(
        kind,
        row.GetValue(0),
        row.Bytes(1),
        [.. Enumerable.Range(2, row.FieldCount - 2).Select(column => row.IsDBNull(column) ? null : row.GetValue(column))]);
}
