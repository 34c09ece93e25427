namespace Keyholder.Server.Configuration;

/// <summary>Where state is kept.</summary>
public sealed record StorageConfiguration
{
    /// <summary><c>sqlite</c>, or <c>memory</c> for the same code on a database that ends with the process.</summary>
    public StorageKind Kind { get; init; } = StorageKind.Sqlite;

    /// <summary>The database file, absolute or relative to the working directory; its directory is made when missing.</summary>
    public string Path { get; init; } = "./data/keyholder.db";
}
