using Keyholder.Revocation;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>revocations</c>, the log that nodes read their index from.</summary>
internal static class RevocationRows
{
    public static void Append(PreparedConnection connection, RevocationEntry revocation) => connection.Execute(
        "INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason) VALUES ($target_kind, $target_value, $cut_off, $expires_at, $reason)",
        ("$target_kind", StoredWords.TargetKind.Write(revocation.Target.Kind)),
        ("$target_value", revocation.Target.Value),
        ("$cut_off", revocation.CutOff),
        ("$expires_at", revocation.ExpiresAt),
        ("$reason", revocation.Reason));

    public static (long Sequence, RevocationEntry Revocation) Read(SqliteDataReader row) => (
        row.GetInt64(0),
        new RevocationEntry(
            new RevocationTarget(StoredWords.TargetKind.Read(row.GetString(1)), row.GetString(2)),
            row.Time(3),
            row.Time(4),
            row.GetString(5)));
}
