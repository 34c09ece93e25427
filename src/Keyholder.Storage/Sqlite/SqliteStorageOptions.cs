namespace Keyholder.Storage.Sqlite;

/// <summary>Where a SQLite database lies.</summary>
/// <param name="Path">The file, made with mode 0600 when it is missing; null = a private database in memory that ends with the process.</param>
public sealed record SqliteStorageOptions(string? Path)
{
    /// <summary>A private database in memory, for development and tests.</summary>
    public static SqliteStorageOptions Memory { get; } = new((string?)null);
}
