using Keyholder.Revocation;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>revocations</c>, the log that nodes read their index from.</summary>
internal static class RevocationRows
{
    /// <summary>The channel on which nodes hear that the log has grown.</summary>
    public const string Channel = "keyholder_revocations";

    private const string Notify = $"SELECT pg_notify('{Channel}', '')";

    /// <summary>
    /// Appends an entry; nodes are told when the transaction commits. The lock makes sequence numbers visible in their order: a node that has read
    /// number 7 will never see a 6 appear behind it.
    /// </summary>
    public static async Task AppendAsync(PostgresStatements statements, RevocationEntry revocation)
    {
        await statements.LockAsync(PostgresLocks.RevocationLog);
        await statements.ExecuteAsync(
            """
            INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason)
            VALUES (@target_kind, @target_value, @cut_off, @expires_at, @reason)
            """,
            ("target_kind", StoredWords.TargetKind.Write(revocation.Target.Kind)),
            ("target_value", revocation.Target.Value),
            ("cut_off", revocation.CutOff),
            ("expires_at", revocation.ExpiresAt),
            ("reason", revocation.Reason));
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
