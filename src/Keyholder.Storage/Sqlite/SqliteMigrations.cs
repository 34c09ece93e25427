using System.Globalization;
using System.Reflection;

namespace Keyholder.Storage.Sqlite;

/// <summary>Brings a database to the schema of this assembly: the embedded files Migrations/NNNN_*.sql in order, under an exclusive lock.</summary>
internal static class SqliteMigrations
{
    private const string Folder = ".Sqlite.Migrations.";

    /// <summary>Version, file name and script of every embedded migration, in order.</summary>
    public static IReadOnlyList<(int Version, string Name, string Script)> All { get; } = Load();

    /// <summary>Applies what is missing; all of it or nothing.</summary>
    /// <exception cref="SchemaTooNewException">The database has a version this assembly does not know.</exception>
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

    private static void ApplyMissing(PreparedConnection connection, DateTimeOffset now)
    {
        connection.Run("CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;");
        var current = (int)connection.Scalar("SELECT coalesce(max(version), 0) FROM schema_migrations");
        if (current > All[^1].Version)
        {
            throw new SchemaTooNewException(current, All[^1].Version);
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

    private static List<(int Version, string Name, string Script)> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(Folder, StringComparison.Ordinal))
            .Select(resource => (Resource: resource, Name: resource[(resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..]))
            .Select(entry => (int.Parse(entry.Name.AsSpan(0, 4), CultureInfo.InvariantCulture), entry.Name, ReadAll(assembly, entry.Resource)))
            .OrderBy(migration => migration.Item1)
            .ToList();
    }

    private static string ReadAll(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
