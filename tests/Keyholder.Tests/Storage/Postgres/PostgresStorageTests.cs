using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage;
using Keyholder.Storage.Postgres;
using Keyholder.Storage.Rows;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Npgsql;

namespace Keyholder.Tests.Storage.Postgres;

/// <summary>What only several nodes on one server can show, and the settings they rely on.</summary>
public sealed class PostgresStorageTests
{
    private static readonly DateTimeOffset Now = new(2030, 5, 6, 7, 8, 9, 123, TimeSpan.Zero);

    [Fact]
    public async Task Many_nodes_can_open_a_new_database_at_once()
    {
        var options = await PostgresTestDatabase.CreateEmptyAsync();

        var nodes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenAsync(options))));

        foreach (var node in nodes)
        {
            var applied = await node.Database.ReadAsync(
                statements => statements.QueryAsync("SELECT version, name, applied_at FROM schema_migrations ORDER BY version", row => (row.GetInt32(0), row.GetString(1), row.Time(2))),
                default);
            applied.ShouldBe(PostgresMigrations.All.Select(migration => (migration.Version, migration.Name, Now)));
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Whether_a_database_is_current_is_asked_without_changing_it()
    {
        var options = await PostgresTestDatabase.CreateEmptyAsync();
        (await PostgresStorage.IsCurrentAsync(options, default)).ShouldBeFalse();
        await using (var connection = new NpgsqlConnection(options.ConnectionString))
        {
            await connection.OpenAsync();
            await using var tables = new NpgsqlCommand("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", connection);
            (await tables.ExecuteScalarAsync()).ShouldBe(0L);
        }

        await (await OpenAsync(options)).DisposeAsync();
        (await PostgresStorage.IsCurrentAsync(options, default)).ShouldBeTrue();
        await ExecuteAsync(options, "DELETE FROM schema_migrations WHERE version > 1");
        (await PostgresStorage.IsCurrentAsync(options, default)).ShouldBeFalse();
    }

    [Fact]
    public void Every_backend_has_the_same_migrations() =>
        PostgresMigrations.All.Select(migration => migration.Name).ShouldBe(MigrationScripts.Of("Sqlite").Select(migration => migration.Name));

    [Fact]
    public async Task A_database_that_a_newer_version_left_open_to_this_one_is_worked_on_as_it_is()
    {
        var options = await PostgresTestDatabase.CreateAsync();
        await ExecuteAsync(options, "INSERT INTO schema_migrations VALUES (9999, 'future', 1)");

        await using var storage = await OpenAsync(options);

        (await storage.Users.AnyAsync(default)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_database_that_demands_a_newer_version_is_not_opened_and_not_changed()
    {
        var options = await PostgresTestDatabase.CreateEmptyAsync();
        await ExecuteAsync(options, """
            CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL);
            INSERT INTO schema_migrations VALUES (9999, 'future', 1);
            CREATE TABLE schema_readers (oldest_migration INTEGER NOT NULL);
            INSERT INTO schema_readers VALUES (9998);
            """);

        var refusal = await Should.ThrowAsync<SchemaTooNewException>(() => OpenAsync(options));

        refusal.Message.ShouldContain("9998");
        await using var connection = new NpgsqlConnection(options.ConnectionString);
        await connection.OpenAsync();
        await using var tables = new NpgsqlCommand("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", connection);
        (await tables.ExecuteScalarAsync()).ShouldBe(2L);
    }

    [Fact]
    public async Task A_commit_is_durable_when_it_is_acknowledged_even_where_the_operator_has_relaxed_that()
    {
        var options = await PostgresTestDatabase.CreateAsync();
        await ExecuteAsync(options, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(options.ConnectionString).Database} SET synchronous_commit = off");

        await using var storage = await OpenAsync(options);

        var setting = await storage.Database.WriteAsync(
            statements => statements.QueryAsync("SELECT current_setting('synchronous_commit')", row => row.GetString(0)),
            default);
        setting.ShouldBe(["on"]);
    }

    [Fact]
    public async Task A_revocation_appended_on_one_node_signals_another()
    {
        var options = await PostgresTestDatabase.CreateAsync();
        await using var one = await OpenAsync(options);
        await using var other = await OpenAsync(options);
        using var listening = new SignalListener(other.RevocationSignal);
        await listening.UntilAsync(() => Task.FromResult(true));

        await AppendAsync(one, "t1");

        await listening.UntilAsync(async () => (await other.Revocations.ReadAfterAsync(0, Now, default)).Count == 1);
    }

    [Fact]
    public async Task A_listener_whose_connection_was_cut_connects_again_and_signals_what_it_missed()
    {
        var options = await PostgresTestDatabase.CreateAsync();
        await using var storage = await OpenAsync(options);
        using var listening = new SignalListener(storage.RevocationSignal);
        await listening.UntilAsync(() => Task.FromResult(true));

        await ExecuteAsync(options, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
        await listening.UntilAsync(() => Task.FromResult(true));
        await AppendAsync(storage, "t1");

        await listening.UntilAsync(async () => (await storage.Revocations.ReadAfterAsync(0, Now, default)).Count == 1);
    }

    [Fact]
    public async Task A_reader_that_follows_the_log_misses_nothing_of_many_writers()
    {
        const int Writers = 8;
        const int Each = 25;
        var options = await PostgresTestDatabase.CreateAsync();
        await using var one = await OpenAsync(options);
        await using var other = await OpenAsync(options);
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await AppendAsync(writer % 2 == 0 ? one : other, $"{writer}-{i}");
            }
        })));

        var seen = new List<string>();
        var sequence = 0L;
        bool finished;
        do
        {
            finished = writing.IsCompleted;
            foreach (var (next, revocation) in await other.Revocations.ReadAfterAsync(sequence, Now, default))
            {
                sequence = next;
                seen.Add(revocation.Target.Value);
            }
        }
        while (!finished);

        await writing;
        seen.Count.ShouldBe(Writers * Each);
        seen.Distinct().Count().ShouldBe(Writers * Each);
    }

    [Fact]
    public async Task An_append_waits_for_an_earlier_one_that_is_not_committed_yet()
    {
        var options = await PostgresTestDatabase.CreateAsync();
        await using var storage = await OpenAsync(options);
        var appended = new TaskCompletionSource();
        var mayCommit = new TaskCompletionSource();
        var earlier = storage.Database.WriteAsync(
            async statements =>
            {
                await RevocationRows.AppendAsync(statements, Entry("earlier"));
                appended.SetResult();
                await mayCommit.Task;
            },
            default);
        await appended.Task;

        var later = AppendAsync(storage, "later");
        await storage.Database.ReadAsync(
            async statements =>
            {
                while (!await statements.AnyAsync("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
                {
                }

                return true;
            },
            default);
        var meanwhile = await storage.Revocations.ReadAfterAsync(0, Now, default);
        mayCommit.SetResult();
        await Task.WhenAll(earlier, later);

        meanwhile.ShouldBeEmpty();
        (await storage.Revocations.ReadAfterAsync(0, Now, default)).Select(row => row.Revocation.Target.Value).ShouldBe(["earlier", "later"]);
    }

    [Theory]
    [InlineData("Host=db;Password=secret", true)]
    [InlineData("postgresql://keyholder:secret@db/keyholder", false)]
    [InlineData("Host=db;Password=se;cret=x", false)]
    [InlineData("Password=secret", false)]
    [InlineData("", false)]
    public void A_connection_string_is_told_from_other_text_and_never_shown(string text, bool expected)
    {
        PostgresStorageOptions.IsConnectionString(text).ShouldBe(expected);
        new PostgresStorageOptions(text).ToString().ShouldNotContain("cret");
    }

    private static Task<PostgresStorage> OpenAsync(PostgresStorageOptions options) =>
        PostgresStorage.OpenAsync(options, new ManualTimeProvider(Now), default);

    private static RevocationEntry Entry(string token) => new(new RevocationTarget(RevocationTargetKind.Token, token), Now, Now.AddMinutes(10), "reason");

    private static async Task AppendAsync(PostgresStorage storage, string token) =>
        await storage.Revocations.AppendAsync(Entry(token), [], Sample.Audit(Now, AuditActions.SessionRevoked), default);

    private static async Task ExecuteAsync(PostgresStorageOptions options, string sql)
    {
        await using var connection = new NpgsqlConnection(options.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
