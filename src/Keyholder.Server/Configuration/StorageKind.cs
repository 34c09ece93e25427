namespace Keyholder.Server.Configuration;

/// <summary>Where state is kept.</summary>
public enum StorageKind
{
    /// <summary>A SQLite file.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database, which any number of nodes may share.</summary>
    Postgres,

    /// <summary>The same code as SQLite on an in-memory database; everything is gone when the process ends.</summary>
    Memory,
}
