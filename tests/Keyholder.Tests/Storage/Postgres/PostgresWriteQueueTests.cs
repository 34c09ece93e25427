using System.Security.Cryptography;
using Keyholder.Storage.Postgres;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Npgsql;

namespace Keyholder.Tests.Storage.Postgres;

public sealed class PostgresWriteQueueTests : IAsyncLifetime
{
    private PostgresStorageOptions _options = null!;
    private PostgresDatabase _database = null!;
    private PostgresWriteQueue<(string, string?), string> _queue = null!;

    public async ValueTask InitializeAsync()
    {
        _options = await PostgresTestDatabase.RentAsync() with { Writers = 1 };
        _database = await OpenAsync();
        _queue = _database.CreateQueue(new SecretUpdates());
        await ExecuteAsync("INSERT INTO server_secrets (name, sealed, created_at) SELECT 'row ' || letter, 'x', 0 FROM unnest(string_to_array('0 a b c d e f g h', ' ')) AS letter");
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
    public async Task A_change_whose_conditions_do_not_hold_gives_no_row()
    {
        var callers = await InOneBatchAsync(() => UpdateAsync("row a"), () => UpdateAsync("row z"));

        (await callers[0]).ShouldBe("row a");
        (await callers[1]).ShouldBeNull();
    }

    [Fact]
    public async Task Of_several_changes_of_one_row_in_a_batch_one_is_made()
    {
        var callers = await InOneBatchAsync(() => UpdateAsync("row a"), () => UpdateAsync("row a"), () => UpdateAsync("row a"), () => UpdateAsync("row b"));

        (await Task.WhenAll(callers[..3])).Count(name => name == "row a").ShouldBe(1);
        (await callers[3]).ShouldBe("row b");
        (await ChangedAsync()).ShouldBe(["row a 1", "row b 1"]);
    }

    [Fact]
    public async Task A_change_that_is_refused_is_taken_out_and_the_others_are_committed()
    {
        var callers = await InOneBatchAsync(() => UpdateAsync("row a"), () => UpdateAsync("row b", SecretUpdates.Divide), () => UpdateAsync("row c"));

        (await callers[0]).ShouldBe("row a");
        (await Should.ThrowAsync<PostgresException>(() => callers[1])).SqlState.ShouldBe(PostgresErrorCodes.DivisionByZero);
        (await callers[2]).ShouldBe("row c");
        (await ChangedAsync()).ShouldBe(["row a 1", "row c 1"]);
    }

    [Fact]
    public async Task Several_changes_that_are_refused_are_each_taken_out()
    {
        var callers = await InOneBatchAsync(
            () => UpdateAsync("row a", SecretUpdates.Divide),
            () => UpdateAsync("row b"),
            () => UpdateAsync("row c", SecretUpdates.Divide),
            () => UpdateAsync("row d"));

        foreach (var refused in new[] { callers[0], callers[2] })
        {
            (await Should.ThrowAsync<PostgresException>(() => refused)).SqlState.ShouldBe(PostgresErrorCodes.DivisionByZero);
        }

        (await callers[1]).ShouldBe("row b");
        (await callers[3]).ShouldBe("row d");
        (await ChangedAsync()).ShouldBe(["row b 1", "row d 1"]);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_fails_its_own_caller()
    {
        var callers = await InOneBatchAsync(() => UpdateAsync("row a"), () => UpdateAsync("row b", SecretUpdates.Unreadable), () => UpdateAsync("row c"));

        (await callers[0]).ShouldBe("row a");
        (await Should.ThrowAsync<InvalidDataException>(() => callers[1])).Message.ShouldBe("broken");
        (await callers[2]).ShouldBe("row c");
    }

    [Fact]
    public async Task Text_that_cannot_be_sent_fails_its_own_caller_before_it_is_queued()
    {
        var sessions = new PostgresSessionStore(_database);
        var rotation = Sample.Rotation(Sample.Session(DateTimeOffset.UnixEpoch), Sample.Hash(), DateTimeOffset.UnixEpoch);

        await Should.ThrowAsync<ArgumentException>(() => sessions.RotateAsync(rotation with { ClientId = "cut\0short" }, DateTimeOffset.UnixEpoch, default));
        await Should.ThrowAsync<ArgumentException>(() => sessions.RotateAsync(rotation with { Resource = "half \ud83d a pair" }, DateTimeOffset.UnixEpoch, default));
    }

    [Fact]
    public async Task A_change_that_is_refused_at_the_commit_is_never_acknowledged_and_the_others_are_committed()
    {
        // Checked at the commit only: every change has had its row by then.
        await ExecuteAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused at commit'; END $$;
            CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON server_secrets DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.name = 'row b') EXECUTE FUNCTION refuse();
            """);
        try
        {
            var callers = await InOneBatchAsync(() => UpdateAsync("row a"), () => UpdateAsync("row b"), () => UpdateAsync("row c"));

            (await callers[0]).ShouldBe("row a");
            (await Should.ThrowAsync<PostgresException>(() => callers[1])).MessageText.ShouldBe("refused at commit");
            (await callers[2]).ShouldBe("row c");
            (await ChangedAsync()).ShouldBe(["row a 1", "row c 1"]);
        }
        finally
        {
            await ExecuteAsync("DROP TRIGGER refuse ON server_secrets; DROP FUNCTION refuse");
        }
    }

    [Fact]
    public async Task When_the_connection_is_lost_under_way_nobody_is_acknowledged_and_the_next_batch_succeeds()
    {
        var callers = await InOneBatchAsync(() => UpdateAsync("row a"), () => UpdateAsync("row b", SecretUpdates.EndConnection), () => UpdateAsync("row c"));

        foreach (var caller in callers)
        {
            await Should.ThrowAsync<NpgsqlException>(() => caller);
        }

        (await ChangedAsync()).ShouldBeEmpty();
        (await UpdateAsync("row d")).ShouldBe("row d");
        (await ChangedAsync()).ShouldBe(["row d 1"]);
    }

    [Fact]
    public async Task A_caller_can_cancel_until_its_change_is_taken_and_then_it_is_never_made()
    {
        using var cancellation = new CancellationTokenSource();
        Task<string?> cancelled = null!;
        var callers = await InOneBatchAsync(
            () => UpdateAsync("row a"),
            () =>
            {
                cancelled = _queue.EnqueueAsync(("row b", null), cancellation.Token);
                cancellation.Cancel();
                return Task.FromResult<string?>(null);
            });

        await callers[0];
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        await UpdateAsync("row c");
        (await ChangedAsync()).ShouldBe(["row a 1", "row c 1"]);
    }

    [Fact]
    public async Task Batches_of_many_nodes_over_the_same_rows_in_any_order_never_wait_in_a_circle()
    {
        await using var other = await OpenAsync(writers: 4);
        await using var third = await OpenAsync(writers: 4);
        PostgresWriteQueue<(string, string?), string>[] queues = [_queue, other.CreateQueue(new SecretUpdates()), third.CreateQueue(new SecretUpdates())];

        // Of several changes of a row in one batch only one is made, so no batch may hold a row twice here: every round is waited for.
        for (var round = 0; round < 40; round++)
        {
            var order = "abcdefgh".ToCharArray();
            RandomNumberGenerator.Shuffle(order.AsSpan());
            await Task.WhenAll(queues.SelectMany(queue => order.Select(letter => queue.EnqueueAsync(($"row {letter}", null), default))));
        }

        (await ChangedAsync()).ShouldBe("abcdefgh".Select(letter => $"row {letter} 120"));
    }

    [Fact]
    public async Task Disposal_finishes_what_waits_and_takes_no_more()
    {
        var database = await OpenAsync();
        var queue = database.CreateQueue(new SecretUpdates());
        var waiting = Enumerable.Range(0, 1000).Select(i => queue.EnqueueAsync(($"row {"abcdefgh"[i % 8]}", null), default)).ToList();

        await database.DisposeAsync();

        (await Task.WhenAll(waiting)).Length.ShouldBe(1000);
        Should.Throw<ObjectDisposedException>(() => { _ = queue.EnqueueAsync(("row a", null), default); });
    }

    /// <summary>Keeps the only writer waiting for a lock until all are queued, so that they share one commit.</summary>
    private async Task<Task<string?>[]> InOneBatchAsync(params Func<Task<string?>>[] calls)
    {
        await using var connection = new NpgsqlConnection(_options.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock(1)", connection))
        {
            await take.ExecuteNonQueryAsync();
        }

        var blocker = UpdateAsync("row 0", SecretUpdates.TakeLock);
        await using (var blocked = new NpgsqlCommand("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)", connection))
        {
            while (!(bool)(await blocked.ExecuteScalarAsync())!)
            {
            }
        }

        var callers = calls.Select(call => call()).ToArray();
        await transaction.CommitAsync();
        await blocker;
        return callers;
    }

    private Task<PostgresDatabase> OpenAsync(int writers = 1) =>
        PostgresDatabase.OpenAsync(_options with { Writers = writers }, new ManualTimeProvider(), default);

    private Task<string?> UpdateAsync(string name, string? deed = null) => _queue.EnqueueAsync((name, deed), default);

    private Task<int> ExecuteAsync(string sql) => _database.WriteAsync(statements => statements.ExecuteAsync(sql), default);

    private Task<List<string>> ChangedAsync() =>
        _database.ReadAsync(
            statements => statements.QueryAsync("SELECT name || ' ' || created_at FROM server_secrets WHERE created_at > 0 ORDER BY name", row => row.GetString(0)), default);
}
