using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>Where a PostgreSQL database is.</summary>
/// <param name="ConnectionString">Key=value pairs as Npgsql reads them: <c>Host=db;Database=keyholder;Username=keyholder;Password=…;SSL Mode=VerifyFull</c>. A secret.</param>
public sealed record PostgresStorageOptions(string ConnectionString)
{
    /// <summary>How many group commits may be under way at once, each on a connection of its own. Default 3; at least 1.</summary>
    public int Writers { get; init; } = 3;

    /// <summary>Whether the text is a connection string that names at least a host. Nothing is opened.</summary>
    public static bool IsConnectionString(string text) => Parse(text) is { Host.Length: > 0 };

    /// <summary>The database and its host, without credentials.</summary>
    public override string ToString() =>
        Parse(ConnectionString) is { } parsed ? $"PostgreSQL {parsed.Database ?? parsed.Username} at {parsed.Host}" : "PostgreSQL";

    private static NpgsqlConnectionStringBuilder? Parse(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // The driver's message may quote a part of what it could not read, and that may be a part of the password.
            return null;
        }
    }
}
