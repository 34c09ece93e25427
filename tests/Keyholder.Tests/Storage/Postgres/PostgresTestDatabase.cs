using System.Collections.Concurrent;
using Keyholder.Storage.Postgres;
using Keyholder.Tests.Testing;
using Npgsql;

namespace Keyholder.Tests.Storage.Postgres;

/// <summary>Empty databases on the server of this process.</summary>
internal static class PostgresTestDatabase
{
    private const string DeleteEverything = """
        DO $$
        DECLARE name text;
        BEGIN
          FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'
          LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
        END $$
        """;

    private static readonly ConcurrentBag<PostgresStorageOptions> Empty = [];
    private static readonly Lazy<Task<string>> Template = new(CreateTemplateAsync);
    private static int _count;

    /// <summary>As <see cref="CreateAsync()"/>, but perhaps one that another test has returned: a database is quicker emptied than made.</summary>
    public static async Task<PostgresStorageOptions> RentAsync() => Empty.TryTake(out var used) ? used : await CreateAsync();

    /// <summary>Empties a rented database, whose schema must be as it was, for the next test.</summary>
    public static async Task ReturnAsync(PostgresStorageOptions options)
    {
        await ExecuteAsync(options.ConnectionString, DeleteEverything);
        Empty.Add(options);
    }

    /// <summary>Where a fresh database with the current schema and no rows is. Skips the test where no server can be started; on CI that fails it.</summary>
    public static Task<PostgresStorageOptions> CreateAsync() => OrSkipAsync(async () => await CreateAsync($"TEMPLATE {await Template.Value}"));

    /// <summary>Where a fresh database without anything is. Skips as <see cref="CreateAsync()"/> does.</summary>
    public static Task<PostgresStorageOptions> CreateEmptyAsync() => OrSkipAsync(() => CreateAsync("TEMPLATE template0"));

    private static async Task<PostgresStorageOptions> OrSkipAsync(Func<Task<PostgresStorageOptions>> create)
    {
        try
        {
            return await create();
        }
        catch (PostgresUnavailableException unavailable) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(unavailable.Message);
            throw;
        }
    }

    private static async Task<PostgresStorageOptions> CreateAsync(string template)
    {
        var cluster = await PostgresCluster.GetAsync();
        var name = "keyholder_" + Interlocked.Increment(ref _count);
        await ExecuteAsync(cluster.ConnectionStringOf("postgres"), $"CREATE DATABASE {name} {template}");
        return new PostgresStorageOptions(cluster.ConnectionStringOf(name));
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> CreateTemplateAsync()
    {
        var options = await CreateAsync("TEMPLATE template0");
        await using var storage = await PostgresStorage.OpenAsync(options, new ManualTimeProvider(), default);
        return new NpgsqlConnectionStringBuilder(options.ConnectionString).Database!;
    }
}
