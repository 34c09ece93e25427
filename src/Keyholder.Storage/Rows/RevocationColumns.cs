using System.Data.Common;
using Keyholder.Revocation;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>revocations</c> and how to read them.</summary>
internal static class RevocationColumns
{
    public const string All = "sequence, target_kind, target_value, cut_off, expires_at, reason, quarantine, lifts, notice";

    public static RevocationLogEntry Read(DbDataReader row) => new(
        row.GetInt64(0),
        new RevocationEntry(
            new RevocationTarget(StoredWords.TargetKind.Read(row.GetString(1)), row.GetString(2)),
            row.Time(3),
            row.Time(4),
            row.GetString(5))
        {
            IsQuarantine = row.GetBoolean(6),
        })
    {
        Lifts = row.IsDBNull(7) ? null : row.GetInt64(7),
        IsNotice = row.GetBoolean(8),
    };
}
