using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>Brings a database to the schema of this assembly: the embedded files Migrations/NNNN_*.sql in order, one node at a time.</summary>
internal static class PostgresMigrations
{
    /// <summary>Version, file name and script of every embedded migration, in order.</summary>
    public static IReadOnlyList<(int Version, string Name, string Script)> All { get; } = MigrationScripts.Of("Postgres");

    /// <summary>Applies what is missing; all of it or nothing. A database that a newer Keyholder brought further is left as it is, and worked on if that one says it can be.</summary>
    /// <exception cref="SchemaTooNewException">The database demands a version this assembly does not know.</exception>
    public static async Task ApplyAsync(NpgsqlDataSource pool, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await pool.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var statements = new PostgresStatements(connection, cancellationToken);

        // Nodes that start together wait here for as long as the first one needs.
        await statements.ExecuteAsync("SET LOCAL lock_timeout = 0");
        await statements.LockAsync(PostgresLocks.Migrations);
        await ApplyMissingAsync(connection, statements, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whether nothing is missing. Changes nothing.</summary>
    public static async Task<bool> IsCurrentAsync(NpgsqlDataSource pool, CancellationToken cancellationToken)
    {
        await using var connection = await pool.OpenConnectionAsync(cancellationToken);
        var statements = new PostgresStatements(connection, cancellationToken);
        return await statements.AnyAsync("SELECT 1 WHERE to_regclass('schema_migrations') IS NOT NULL")
            && await statements.ScalarAsync("SELECT coalesce(max(version), 0)::bigint FROM schema_migrations") >= All[^1].Version;
    }

    private static async Task ApplyMissingAsync(NpgsqlConnection connection, PostgresStatements statements, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Asked first, so that a user who may not create tables can open a database that needs nothing.
        if (!await statements.AnyAsync("SELECT 1 WHERE to_regclass('schema_migrations') IS NOT NULL"))
        {
            await statements.ExecuteAsync("CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)");
        }

        var current = (int)await statements.ScalarAsync("SELECT coalesce(max(version), 0)::bigint FROM schema_migrations");
        if (current > All[^1].Version)
        {
            var demanded = (int)await statements.ScalarAsync("SELECT oldest_migration::bigint FROM schema_readers");
            if (demanded > All[^1].Version)
            {
                throw new SchemaTooNewException(demanded, All[^1].Version);
            }
        }

        foreach (var (version, name, script) in All.Where(migration => migration.Version > current))
        {
#pragma warning disable CA2100 // The text is a resource of this assembly.
            await using var migration = new NpgsqlCommand(script, connection);
#pragma warning restore CA2100
            await migration.ExecuteNonQueryAsync(cancellationToken);
            await statements.ExecuteAsync(
                "INSERT INTO schema_migrations (version, name, applied_at) VALUES (@version, @name, @now)",
                ("version", version),
                ("name", name),
                ("now", now));
        }
    }
}
