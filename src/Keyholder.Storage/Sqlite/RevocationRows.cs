using Keyholder.Revocation;

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

    /// <summary>Appends an entry for each session of a JSON list of ids.</summary>
    public static void AppendSessions(PreparedConnection connection, string ids, DateTimeOffset cutOff, DateTimeOffset expiresAt, string reason) => connection.Execute(
        """
        INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason)
        SELECT $target_kind, value, $cut_off, $expires_at, $reason FROM json_each($ids)
        """,
        ("$ids", ids),
        ("$target_kind", StoredWords.TargetKind.Write(RevocationTargetKind.Session)),
        ("$cut_off", cutOff),
        ("$expires_at", expiresAt),
        ("$reason", reason));
}
