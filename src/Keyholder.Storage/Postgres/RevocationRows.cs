using Keyholder.Revocation;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>revocations</c>, the log that nodes read their index from.</summary>
internal static class RevocationRows
{
    /// <summary>The channel on which nodes hear that the log has grown.</summary>
    public const string Channel = "keyholder_revocations";

    private const string Notify = $"SELECT pg_notify('{Channel}', '')";

    /// <summary>
    /// Appends a line and gives it back with its sequence number; nodes are told when the transaction commits. The lock makes sequence numbers visible in
    /// their order: a node that has read number 7 will never see a 6 appear behind it.
    /// </summary>
    /// <param name="statements">Of the transaction.</param>
    /// <param name="revocation">The entry.</param>
    /// <param name="lifts">The sequence number of the quarantine the line lifts, if it does.</param>
    public static async Task<RevocationLogEntry> AppendAsync(PostgresStatements statements, RevocationEntry revocation, long? lifts = null)
    {
        await statements.LockAsync(PostgresLocks.RevocationLog);
        var sequence = await statements.ScalarAsync(
            """
            INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason, quarantine, lifts)
            VALUES (@target_kind, @target_value, @cut_off, @expires_at, @reason, @quarantine, @lifts)
            RETURNING sequence
            """,
            ("target_kind", StoredWords.TargetKind.Write(revocation.Target.Kind)),
            ("target_value", revocation.Target.Value),
            ("cut_off", revocation.CutOff),
            ("expires_at", revocation.ExpiresAt),
            ("reason", revocation.Reason),
            ("quarantine", revocation.IsQuarantine),
            ("lifts", lifts));
        await statements.AnyAsync(Notify);
        return new RevocationLogEntry(sequence, revocation) { Lifts = lifts };
    }

    /// <summary>As <see cref="AppendAsync"/>, a notice.</summary>
    public static async Task AppendNoticeAsync(PostgresStatements statements, RevocationEntry notice)
    {
        await statements.LockAsync(PostgresLocks.RevocationLog);
        await statements.ExecuteAsync(
            """
            INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason, notice)
            VALUES (@target_kind, @target_value, @cut_off, @expires_at, @reason, true)
            """,
            ("target_kind", StoredWords.TargetKind.Write(notice.Target.Kind)),
            ("target_value", notice.Target.Value),
            ("cut_off", notice.CutOff),
            ("expires_at", notice.ExpiresAt),
            ("reason", notice.Reason));
        await statements.AnyAsync(Notify);
    }

    /// <summary>As <see cref="AppendAsync"/>, a notice for each of a JSON list of targets.</summary>
    public static async Task AppendNoticesAsync(PostgresStatements statements, RevocationTargetKind kind, string targets, DateTimeOffset now)
    {
        var notice = RevocationNotice.Of(new(kind, ""), now);
        await statements.LockAsync(PostgresLocks.RevocationLog);
        await statements.ExecuteAsync(
            """
            INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason, notice)
            SELECT @target_kind, value, @cut_off, @expires_at, @reason, true FROM jsonb_array_elements_text(@targets::jsonb)
            """,
            ("targets", targets),
            ("target_kind", StoredWords.TargetKind.Write(kind)),
            ("cut_off", notice.CutOff),
            ("expires_at", notice.ExpiresAt),
            ("reason", notice.Reason));
        await statements.AnyAsync(Notify);
    }

    /// <summary>As <see cref="AppendAsync"/>, an entry for each session of a JSON list of ids.</summary>
    public static async Task AppendSessionsAsync(PostgresStatements statements, string ids, DateTimeOffset cutOff, DateTimeOffset expiresAt, string reason)
    {
        await statements.LockAsync(PostgresLocks.RevocationLog);
        await statements.ExecuteAsync(
            """
            INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason)
            SELECT @target_kind, value, @cut_off, @expires_at, @reason FROM jsonb_array_elements_text(@ids::jsonb)
            """,
            ("ids", ids),
            ("target_kind", StoredWords.TargetKind.Write(RevocationTargetKind.Session)),
            ("cut_off", cutOff),
            ("expires_at", expiresAt),
            ("reason", reason));
        await statements.AnyAsync(Notify);
    }
}
