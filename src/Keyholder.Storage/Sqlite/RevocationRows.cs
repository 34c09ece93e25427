using Keyholder.Revocation;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>revocations</c>, the log that nodes read their index from.</summary>
internal static class RevocationRows
{
    /// <summary>Appends a line and gives it back with its sequence number.</summary>
    /// <param name="connection">The writer.</param>
    /// <param name="revocation">The entry.</param>
    /// <param name="lifts">The sequence number of the quarantine the line lifts, if it does.</param>
    public static RevocationLogEntry Append(PreparedConnection connection, RevocationEntry revocation, long? lifts = null)
    {
        var sequence = connection.Scalar(
            """
            INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason, quarantine, lifts)
            VALUES ($target_kind, $target_value, $cut_off, $expires_at, $reason, $quarantine, $lifts)
            RETURNING sequence
            """,
            ("$target_kind", StoredWords.TargetKind.Write(revocation.Target.Kind)),
            ("$target_value", revocation.Target.Value),
            ("$cut_off", revocation.CutOff),
            ("$expires_at", revocation.ExpiresAt),
            ("$reason", revocation.Reason),
            ("$quarantine", revocation.IsQuarantine),
            ("$lifts", lifts));
        return new RevocationLogEntry(sequence, revocation) { Lifts = lifts };
    }

    /// <summary>Appends a notice.</summary>
    public static void AppendNotice(PreparedConnection connection, RevocationEntry notice) => connection.Execute(
        """
        INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason, notice)
        VALUES ($target_kind, $target_value, $cut_off, $expires_at, $reason, 1)
        """,
        ("$target_kind", StoredWords.TargetKind.Write(notice.Target.Kind)),
        ("$target_value", notice.Target.Value),
        ("$cut_off", notice.CutOff),
        ("$expires_at", notice.ExpiresAt),
        ("$reason", notice.Reason));

    /// <summary>Appends a notice for each of a JSON list of targets.</summary>
    public static void AppendNotices(PreparedConnection connection, RevocationTargetKind kind, string targets, DateTimeOffset now)
    {
        var notice = RevocationNotice.Of(new(kind, ""), now);
        connection.Execute(
            """
            INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason, notice)
            SELECT $target_kind, value, $cut_off, $expires_at, $reason, 1 FROM json_each($targets)
            """,
            ("$targets", targets),
            ("$target_kind", StoredWords.TargetKind.Write(kind)),
            ("$cut_off", notice.CutOff),
            ("$expires_at", notice.ExpiresAt),
            ("$reason", notice.Reason));
    }

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
