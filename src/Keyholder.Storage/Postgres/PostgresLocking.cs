namespace Keyholder.Storage.Postgres;

/// <summary>Takes advisory locks inside a transaction.</summary>
internal static class PostgresLocking
{
    /// <summary>Waits until nobody has the lock alone.</summary>
    public static Task LockSharedAsync(this PostgresStatements statements, PostgresLocks what) =>
        statements.AnyAsync("SELECT pg_advisory_xact_lock_shared(@what::int, hashtext(''))", ("what", (long)what));

    /// <summary>Waits for the lock; with a <paramref name="key"/> only for those that lock the same one (or, harmlessly, one of the same hash).</summary>
    public static Task LockAsync(this PostgresStatements statements, PostgresLocks what, string key = "") =>
        statements.AnyAsync("SELECT pg_advisory_xact_lock(@what::int, hashtext(@key))", ("what", (long)what), ("key", key));
}
