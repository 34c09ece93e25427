using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Opens connections with the settings every Keyholder connection has.</summary>
internal sealed class SqliteConnections(string? path)
{
    private const int BusyTimeoutSeconds = 5;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public bool InMemory => path is null;

    /// <summary>The one connection that writes. Makes the file (0600) when it is missing.</summary>
    public PreparedConnection OpenWriter()
    {
        if (path is not null)
        {
            CreateFile(path);
        }

        return Open(path is null
            ? "PRAGMA foreign_keys = ON;"
            : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    }

    /// <summary>A connection that cannot write.</summary>
    public PreparedConnection OpenReader() => Open("PRAGMA query_only = ON;");

    private PreparedConnection Open(string settings)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path ?? ":memory:",
            Mode = path is null ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = BusyTimeoutSeconds,
        }.ToString());
        var prepared = new PreparedConnection(connection);
        try
        {
            connection.Open();
            prepared.Run($"PRAGMA busy_timeout = {BusyTimeoutSeconds * 1000};");
            prepared.Run(settings);
            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    /// <summary>SQLite gives -wal and -shm the mode of the database file, so making that file first protects all three.</summary>
    private static void CreateFile(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        File.Open(path, options).Dispose();
    }
}
