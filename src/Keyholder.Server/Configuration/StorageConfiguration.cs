namespace Keyholder.Server.Configuration;

/// <summary>Where state is kept.</summary>
public sealed record StorageConfiguration
{
    /// <summary><c>sqlite</c>; <c>postgres</c>, which several nodes can share; or <c>memory</c> for the same code as sqlite on a database that ends with the process.</summary>
    public StorageKind Kind { get; init; } = StorageKind.Sqlite;

    /// <summary>The SQLite database file, absolute or relative to the working directory; its directory is made when missing.</summary>
    public string Path { get; init; } = "./data/keyholder.db";

    /// <summary>The PostgreSQL database, as Npgsql writes it: Host=db.example;Database=keyholder;Username=keyholder;Password=…;SSL Mode=VerifyFull. Required by postgres. A secret: best as ${env:NAME}.</summary>
    public string? ConnectionString { get; init; }

    /// <inheritdoc />
    public override string ToString() => Kind == StorageKind.Sqlite ? $"sqlite {Path}" : Kind.ToString();
}
