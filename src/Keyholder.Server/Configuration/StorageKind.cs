namespace Keyholder.Server.Configuration;

/// <summary>Where state is kept.</summary>
public enum StorageKind
{
    /// <summary>A SQLite file.</summary>
    Sqlite,

    /// <summary>The same code on an in-memory database; everything is gone when the process ends.</summary>
    Memory,
}
