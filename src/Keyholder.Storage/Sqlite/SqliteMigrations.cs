namespace Keyholder.Storage.Sqlite;

/// <summary>Brings a database to the schema of this assembly: the embedded files Migrations/NNNN_*.sql in order, under an exclusive lock.</summary>
internal static class SqliteMigrations
{
    /// <summary>Version, file name and script of every embedded migration, in order.</summary>
    public static IReadOnlyList<(int Version, string Name, string Script)> All { get; } = MigrationScripts.Of("Sqlite");

    /// <summary>Applies what is missing; all of it or nothing. A database that a newer Keyholder brought further is left as it is, and worked on if that one says it can be.</summary>
    /// <exception cref="SchemaTooNewException">The database demands a version this assembly does not know.</exception>
    public static void Apply(PreparedConnection connection, DateTimeOffset now)
    {
        connection.Run("BEGIN EXCLUSIVE;");
        try
        {
            ApplyMissing(connection, now);
            connection.Run("COMMIT;");
        }
        catch
        {
            connection.Run("ROLLBACK;");
            throw;
        }
    }

    /// <summary>Whether nothing is missing. Changes nothing.</summary>
    public static bool IsCurrent(PreparedConnection connection) =>
        connection.Any("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'")
        && connection.Scalar("SELECT coalesce(max(version), 0) FROM schema_migrations") >= All[^1].Version;

    private static void ApplyMissing(PreparedConnection connection, DateTimeOffset now)
    {
        connection.Run("CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;");
        var current = (int)connection.Scalar("SELECT coalesce(max(version), 0) FROM schema_migrations");
        if (current > All[^1].Version)
        {
            var demanded = (int)connection.Scalar("SELECT oldest_migration FROM schema_readers");
            if (demanded > All[^1].Version)
            {
                throw new SchemaTooNewException(demanded, All[^1].Version);
            }
        }

        foreach (var (version, name, script) in All.Where(migration => migration.Version > current))
        {
            connection.Run(script);
            connection.Execute(
                "INSERT INTO schema_migrations (version, name, applied_at) VALUES ($version, $name, $now)",
                ("$version", version),
                ("$name", name),
                ("$now", now));
        }
    }
}
