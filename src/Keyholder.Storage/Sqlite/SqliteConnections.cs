using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Opens connections with the settings every Keyholder connection has.</summary>
internal sealed class SqliteConnections(string? file)
{
    private const int BusyTimeoutSeconds = 5;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // SQLite's numbers for what sqlite3_config(…) sets.
    private const int MultiThread = 2;
    private const int MemoryStatistics = 9;

    // Absolute, so that no spelling is taken for a URI or for SQLite's own ":memory:".
    private readonly string? _path = file is null ? null : Path.GetFullPath(file);

    // For the whole process, before SQLite starts: no connection is ever used by two threads at once, so no call has to take a mutex of it, and nobody
    // reads statistics that take one for every allocation. Where SQLite runs already it refuses, and is slower but right.
    static SqliteConnections()
    {
        RuntimeHelpers.RunClassConstructor(typeof(SqliteConnection).TypeHandle);
        _ = SQLitePCL.raw.sqlite3_config(MultiThread);
        _ = SQLitePCL.raw.sqlite3_config(MemoryStatistics, 0);
    }

    public bool InMemory => _path is null;

    /// <summary>The one connection that writes. Makes the file (0600) when it is missing.</summary>
    public PreparedConnection OpenWriter()
    {
        if (_path is not null)
        {
            CreateFile(_path);
        }

        return Open(_path is null
            ? "PRAGMA foreign_keys = ON;"
            : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    }

    /// <summary>A connection that cannot write.</summary>
    public PreparedConnection OpenReader() => Open("PRAGMA query_only = ON;");

    private PreparedConnection Open(string settings)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = _path ?? ":memory:",
            Mode = _path is null ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
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
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        File.Open(path, options).Dispose();
    }
}
