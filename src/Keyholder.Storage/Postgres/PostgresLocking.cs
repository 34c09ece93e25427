namespace Keyholder.Storage.Postgres;

/// <summary>Takes advisory locks inside a transaction.</summary>
internal static class PostgresLocking
{
    /// <summary>Waits for the lock; with a <paramref name="key"/> only for those that lock the same one (or, harmlessly, one of the same hash).</summary>
    public static Task LockAsync(this PostgresStatements statements, PostgresLocks what, string key = "") =>
        statements.AnyAsync("SELECT pg_advisory_xact_lock(@what::int, hashtext(@key))", ("what", (long)what), ("key", key));
}
