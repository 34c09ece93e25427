using Keyholder.Bench.Sessions;
using Keyholder.Storage.Postgres;
using Keyholder.Tests.Testing;
using Npgsql;

namespace Keyholder.Tests.Storage.Postgres;

/// <summary>How PostgreSQL, with its own statistics of very many sessions, executes the statements: what it counts as scanned.</summary>
public sealed class PostgresQueryPlanTests : IClassFixture<PostgresQueryPlanTests.Populated>
{
    private const int Times = 8;

    private readonly Populated _database;

    public PostgresQueryPlanTests(Populated database) => _database = database;

    public static TheoryData<string> Names => HotStatements.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_hot_or_paged_reads_what_grows_by_an_index(string name)
    {
        var before = await _database.CountScansAsync();

        // Often enough that the driver prepares the statements and the server settles on a plan for any parameters.
        await using (var storage = await PostgresStorage.OpenAsync(_database.Options, new ManualTimeProvider(), default))
        {
            for (var i = 0; i < Times; i++)
            {
                await HotStatements.ExecuteAsync(name, storage);
            }
        }

        (await _database.CountScansAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_scan_is_noticed()
    {
        var before = await _database.CountScansAsync();

        await using (var storage = await PostgresStorage.OpenAsync(_database.Options, new ManualTimeProvider(), default))
        {
            await storage.SessionDirectory.CountAsync(new() { Resource = "nothing by that name" }, default);
        }

        (await _database.CountScansAsync()).ShouldBe(before + 1);
    }

    /// <summary>A database with many rows in the tables that grow.</summary>
    public sealed class Populated : IAsyncLifetime
    {
        private const int Sessions = 20_000;

        private const string OtherTables = """
            INSERT INTO revocations (target_kind, target_value, cut_off, expires_at, reason) SELECT 'token', 't' || i, 0, 2000000000000, 'test' FROM generate_series(1, 20000) AS i;
            INSERT INTO audit_events (at, action, actor, target) SELECT i, CASE WHEN i % 50 = 0 THEN 'session.revoked' ELSE 'session.created' END, 'system', 'session:' || i FROM generate_series(1, 20000) AS i;
            ANALYZE;
            """;

        private PostgresStorageOptions? _options;

        public PostgresStorageOptions Options => _options!;

        public async ValueTask InitializeAsync()
        {
            _options = await PostgresTestDatabase.CreateAsync();
            await using var connection = new NpgsqlConnection(Options.ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            var now = new DateTimeOffset(2030, 5, 6, 7, 8, 9, TimeSpan.Zero);
            await SessionPopulation.FillAsync(connection, isPostgres: true, Sessions, now.AddDays(-2), now.AddDays(30));
            await using var command = new NpgsqlCommand(OtherTables, connection);
            await command.ExecuteNonQueryAsync();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        /// <summary>How often one of the tables was read from end to end, by connections that are closed.</summary>
        public async Task<long> CountScansAsync()
        {
            await using var connection = new NpgsqlConnection(Options.ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            await WaitForEndedConnectionsAsync(connection);
            await using var command = new NpgsqlCommand(
                """
                SELECT pg_stat_clear_snapshot(), (SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN ('sessions', 'revocations', 'audit_events'))::bigint
                """,
                connection);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            return reader.GetInt64(1);
        }

        // A server process counts what it did when it ends, which is a moment after its client has gone.
        private static async Task WaitForEndedConnectionsAsync(NpgsqlConnection connection)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await using var others = new NpgsqlCommand(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()", connection);
            while ((long)(await others.ExecuteScalarAsync(patience.Token))! > 0)
            {
                await Task.Yield();
            }
        }
    }
}
