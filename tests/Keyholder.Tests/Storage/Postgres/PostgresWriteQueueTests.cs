using Keyholder.Storage.Postgres;
using Keyholder.Tests.Testing;
using Npgsql;

namespace Keyholder.Tests.Storage.Postgres;

public sealed class PostgresWriteQueueTests : IAsyncLifetime
{
    private PostgresStorageOptions _options = null!;
    private PostgresDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _options = await PostgresTestDatabase.RentAsync() with { Writers = 1 };
        _database = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
            await PostgresTestDatabase.ReturnAsync(_options);
        }
    }

    [Fact]
    public async Task A_failing_statement_is_taken_out_and_the_others_are_committed()
    {
        var callers = await InOneBatchAsync(
            () => InsertAsync(1, "before"),
            () => UpdateAsync(2, "INSERT INTO server_secrets (name, sealed, created_at) VALUES ('failing', 'x', 1 / (SELECT 0)) RETURNING name"),
            () => InsertAsync(3, "after"));

        (await callers[0]).ShouldBe("before");
        (await Should.ThrowAsync<PostgresException>(() => callers[1])).SqlState.ShouldBe(PostgresErrorCodes.DivisionByZero);
        (await callers[2]).ShouldBe("after");
        (await NamesAsync()).ShouldBe(["after", "before"]);
    }

    [Fact]
    public async Task Several_failing_statements_are_each_taken_out()
    {
        var callers = await InOneBatchAsync(
            () => InsertAsync(1, "same"),
            () => InsertAsync(2, "same"),
            () => InsertAsync(3, "other"),
            () => InsertAsync(4, "same"));

        (await callers[0]).ShouldBe("same");
        (await callers[2]).ShouldBe("other");
        foreach (var loser in new[] { callers[1], callers[3] })
        {
            (await Should.ThrowAsync<PostgresException>(() => loser)).SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
        }

        (await NamesAsync()).ShouldBe(["other", "same"]);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_rolled_back_alone()
    {
        var callers = await InOneBatchAsync(
            () => InsertAsync(1, "before"),
            () => _database.UpdateAsync<string?>(2, Insert, [("name", "unread")], _ => throw new InvalidDataException("broken"), default),
            () => InsertAsync(3, "after"));

        await callers[0];
        (await Should.ThrowAsync<InvalidDataException>(() => callers[1])).Message.ShouldBe("broken");
        await callers[2];
        (await NamesAsync()).ShouldBe(["after", "before"]);
    }

    [Fact]
    public async Task Text_that_cannot_be_sent_fails_its_own_caller_before_it_is_queued()
    {
        Should.Throw<ArgumentException>(() => { _ = InsertAsync(1, "cut\0short"); });
        Should.Throw<ArgumentException>(() => { _ = InsertAsync(1, "half \ud83d a pair"); });

        await InsertAsync(1, "next");
        (await NamesAsync()).ShouldBe(["next"]);
    }

    [Fact]
    public async Task When_the_commit_fails_so_does_everybody_and_the_next_batch_succeeds()
    {
        // Checked at the commit only: every statement of the batch has had its result by then.
        await ExecuteAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused at commit'; END $$;
            CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON server_secrets DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.name = 'culprit') EXECUTE FUNCTION refuse();
            """);
        try
        {
            var callers = await InOneBatchAsync(() => InsertAsync(1, "innocent"), () => InsertAsync(2, "culprit"), () => InsertAsync(3, "other"));

            foreach (var caller in callers)
            {
                (await Should.ThrowAsync<PostgresException>(() => caller)).MessageText.ShouldBe("refused at commit");
            }

            (await NamesAsync()).ShouldBeEmpty();
            await InsertAsync(1, "next");
            (await NamesAsync()).ShouldBe(["next"]);
        }
        finally
        {
            await ExecuteAsync("DROP TRIGGER refuse ON server_secrets; DROP FUNCTION refuse");
        }
    }

    [Fact]
    public async Task When_the_connection_is_lost_under_way_nobody_is_acknowledged_and_the_next_batch_succeeds()
    {
        var callers = await InOneBatchAsync(
            () => InsertAsync(1, "before"),
            () => UpdateAsync(2, "SELECT pg_terminate_backend(pg_backend_pid())::text"),
            () => InsertAsync(3, "after"));

        foreach (var caller in callers)
        {
            await Should.ThrowAsync<NpgsqlException>(() => caller);
        }

        (await NamesAsync()).ShouldBeEmpty();
        await InsertAsync(1, "next");
        (await NamesAsync()).ShouldBe(["next"]);
    }

    [Fact]
    public async Task A_caller_can_cancel_until_its_statement_is_taken_and_then_it_never_runs()
    {
        using var cancellation = new CancellationTokenSource();
        Task<string?> cancelled = null!;
        var callers = await InOneBatchAsync(
            () => InsertAsync(1, "first"),
            () =>
            {
                cancelled = _database.UpdateAsync(2, Insert, [("name", "cancelled")], row => row!.GetString(0), cancellation.Token)!;
                cancellation.Cancel();
                return Task.FromResult<string?>(null);
            });

        await callers[0];
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        await InsertAsync(3, "next");
        (await NamesAsync()).ShouldBe(["first", "next"]);
    }

    [Fact]
    public async Task Batches_of_many_nodes_over_the_same_rows_in_any_order_never_wait_in_a_circle()
    {
        await using var other = await OpenAsync(writers: 4);
        await using var third = await OpenAsync(writers: 4);
        for (var row = 0; row < 16; row++)
        {
            await InsertAsync((UInt128)row, $"row {row:00}");
        }

        var updates = Enumerable.Range(0, 960)
            .Select(i => (Node: (i % 3) switch { 0 => _database, 1 => other, _ => third }, Row: i * 7 % 16))
            .Select(target => target.Node.UpdateAsync(
                (UInt128)target.Row,
                "UPDATE server_secrets SET created_at = created_at + 1 WHERE name = @name RETURNING name",
                [("name", $"row {target.Row:00}")],
                row => row!.GetString(0),
                default))
            .ToList();

        await Task.WhenAll(updates);

        (await _database.ReadAsync(statements => statements.ScalarAsync("SELECT sum(created_at)::bigint FROM server_secrets"), default)).ShouldBe(16 + 960);
    }

    [Fact]
    public async Task Disposal_finishes_what_waits_and_takes_no_more()
    {
        var database = await OpenAsync();
        var waiting = Enumerable.Range(0, 1000)
            .Select(i => database.UpdateAsync((UInt128)i, Insert, [("name", "n" + i)], row => row!.GetString(0), default))
            .ToList();

        await database.DisposeAsync();

        (await Task.WhenAll(waiting)).Length.ShouldBe(1000);
        Should.Throw<ObjectDisposedException>(() => { _ = database.UpdateAsync(1, Insert, [("name", "late")], row => row!.GetString(0), default); });
        (await NamesAsync()).Count.ShouldBe(1000);
    }

    private const string Insert = "INSERT INTO server_secrets (name, sealed, created_at) VALUES (@name, 'x', 1) RETURNING name";

    /// <summary>Keeps the only writer waiting for a lock until all are queued, so that they share one commit.</summary>
    private async Task<IReadOnlyList<Task<string?>>> InOneBatchAsync(params Func<Task<string?>>[] calls)
    {
        await using var connection = new NpgsqlConnection(_options.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock(1)", connection))
        {
            await take.ExecuteNonQueryAsync();
        }

        var blocker = UpdateAsync(0, "SELECT pg_advisory_xact_lock(1)::text");
        await using (var blocked = new NpgsqlCommand("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)", connection))
        {
            while (!(bool)(await blocked.ExecuteScalarAsync())!)
            {
            }
        }

        var callers = calls.Select(call => call()).ToList();
        await transaction.CommitAsync();
        await blocker;
        return callers;
    }

    private Task<PostgresDatabase> OpenAsync(int writers = 1) =>
        PostgresDatabase.OpenAsync(_options with { Writers = writers }, new ManualTimeProvider(), default);

    private Task<string?> InsertAsync(UInt128 row, string name) => _database.UpdateAsync(row, Insert, [("name", name)], Name, default);

    private Task<string?> UpdateAsync(UInt128 row, string sql) => _database.UpdateAsync(row, sql, [], Name, default);

    private static string? Name(NpgsqlDataReader? row) => row?.GetString(0);

    private Task<int> ExecuteAsync(string sql) => _database.WriteAsync(statements => statements.ExecuteAsync(sql), default);

    private Task<List<string>> NamesAsync() =>
        _database.ReadAsync(statements => statements.QueryAsync("SELECT name FROM server_secrets ORDER BY name", row => row.GetString(0)), default);
}
