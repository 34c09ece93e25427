using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;
using Microsoft.Data.Sqlite;

namespace Keyholder.Tests.Storage.Sqlite;

public sealed class SqliteWriteQueueTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyholder-");
    private readonly SqliteDatabase _database;

    public SqliteWriteQueueTests() =>
        _database = SqliteDatabase.Open(new SqliteStorageOptions(Path.Combine(_folder.FullName, "keyholder.db")), new ManualTimeProvider());

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_failing_transition_is_rolled_back_alone()
    {
        var (before, failing, after) = await InOneBatchAsync(
            connection => Insert(connection, "before"),
            connection =>
            {
                Insert(connection, "failing");
                throw new InvalidOperationException("broken");
            },
            connection => Insert(connection, "after"));

        await before;
        await after;
        (await Should.ThrowAsync<InvalidOperationException>(() => failing)).Message.ShouldBe("broken");
        (await NamesAsync()).ShouldBe(["after", "before"]);
    }

    [Fact]
    public async Task A_caller_that_does_not_return_holds_up_no_later_transition()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var release = new ManualResetEventSlim();
        var blocking = Task.Run(async () =>
        {
            await _database.WriteAsync(connection => Insert(connection, "first"), default);
            reached.SetResult();
            release.Wait(TestContext.Current.CancellationToken);
        });
        await reached.Task;

        await _database.WriteAsync(connection => Insert(connection, "second"), default);

        blocking.IsCompleted.ShouldBeFalse();
        release.Set();
        await blocking;
    }

    [Fact]
    public async Task A_transition_that_violates_a_constraint_is_rolled_back_alone()
    {
        var (first, duplicate, after) = await InOneBatchAsync(
            connection => Insert(connection, "same"),
            connection =>
            {
                Insert(connection, "other");
                Insert(connection, "same");
            },
            connection => Insert(connection, "after"));

        await first;
        await after;
        await Should.ThrowAsync<SqliteException>(() => duplicate);
        (await NamesAsync()).ShouldBe(["after", "same"]);
    }

    [Fact]
    public async Task A_single_statement_that_fails_half_way_is_undone_alone()
    {
        using var gate = new ManualResetEventSlim();
        var blocker = await HoldWriterAsync(gate);
        var before = UpdateAsync("('before', x'00', 1)");
        var failing = UpdateAsync("('other', x'00', 1), ('same', x'00', 1), ('same', x'00', 1)");
        var after = UpdateAsync("('after', x'00', 1)");
        gate.Set();
        await blocker;

        (await before).ShouldBe(1);
        (await after).ShouldBe(1);
        (await Should.ThrowAsync<SqliteException>(() => failing)).SqliteErrorCode.ShouldBe(19);
        (await NamesAsync()).ShouldBe(["after", "before"]);

        Task<int> UpdateAsync(string rows) =>
            _database.UpdateAsync(connection => connection.Execute($"INSERT INTO server_secrets (name, sealed, created_at) VALUES {rows}"), default);
    }

    [Fact]
    public async Task No_caller_hears_of_its_transition_before_the_commit()
    {
        Task? first = null;
        var heardEarly = true;
        var visibleEarly = true;
        using var gate = new ManualResetEventSlim();
        var blocker = await HoldWriterAsync(gate);

        first = WriteAsync(connection => Insert(connection, "first"));
        var second = WriteAsync(_ =>
        {
            heardEarly = first.IsCompleted;
            visibleEarly = NamesAsync().GetAwaiter().GetResult().Count > 0;
        });
        gate.Set();
        await Task.WhenAll(blocker, first, second);

        heardEarly.ShouldBeFalse();
        visibleEarly.ShouldBeFalse();
        (await NamesAsync()).ShouldBe(["first"]);
    }

    [Fact]
    public async Task When_the_commit_fails_so_does_everybody_in_the_batch_and_the_next_batch_succeeds()
    {
        var (innocent, culprit, other) = await InOneBatchAsync(
            connection => Insert(connection, "innocent"),
            connection =>
            {
                connection.Run("PRAGMA defer_foreign_keys = ON;");
                connection.Execute("INSERT INTO local_users (name, user_id, password_hash) VALUES ('n', 'nobody', 'h')");
            },
            connection => Insert(connection, "other"));

        foreach (var caller in new[] { innocent, culprit, other })
        {
            (await Should.ThrowAsync<SqliteException>(() => caller)).SqliteErrorCode.ShouldBe(19);
        }

        (await NamesAsync()).ShouldBeEmpty();
        await WriteAsync(connection => Insert(connection, "next"));
        (await NamesAsync()).ShouldBe(["next"]);
    }

    [Fact]
    public async Task When_the_transaction_is_lost_under_way_nothing_of_the_batch_is_acknowledged()
    {
        var (before, culprit, after) = await InOneBatchAsync(
            connection => Insert(connection, "before"),
            connection =>
            {
                connection.Run("ROLLBACK;");
                throw new InvalidOperationException("disk full");
            },
            connection => Insert(connection, "after"));

        foreach (var caller in new[] { before, culprit, after })
        {
            await Should.ThrowAsync<Exception>(() => caller);
        }

        (await NamesAsync()).ShouldBeEmpty();
        await WriteAsync(connection => Insert(connection, "next"));
        (await NamesAsync()).ShouldBe(["next"]);
    }

    [Fact]
    public async Task A_caller_can_cancel_until_its_work_starts_and_then_it_never_runs()
    {
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var blocker = await HoldWriterAsync(gate);
        var waiting = _database.WriteAsync(connection => Insert(connection, "cancelled"), cancellation.Token);

        await cancellation.CancelAsync();
        gate.Set();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        await blocker;
        await WriteAsync(connection => Insert(connection, "next"));
        (await NamesAsync()).ShouldBe(["next"]);
    }

    [Fact]
    public async Task A_caller_cannot_cancel_what_has_started()
    {
        using var started = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var running = _database.WriteAsync(
            connection =>
            {
                started.Set();
                gate.Wait();
                Insert(connection, "written");
            },
            cancellation.Token);
        started.Wait();

        await cancellation.CancelAsync();
        gate.Set();

        await running;
        (await NamesAsync()).ShouldBe(["written"]);
    }

    [Fact]
    public async Task A_caller_that_comes_cancelled_is_not_queued()
    {
        await Should.ThrowAsync<OperationCanceledException>(
            () => _database.WriteAsync(connection => Insert(connection, "cancelled"), new CancellationToken(canceled: true)));

        (await NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Disposal_finishes_what_waits_and_takes_no_more()
    {
        using var gate = new ManualResetEventSlim();
        var blocker = await HoldWriterAsync(gate);
        var waiting = Enumerable.Range(0, 1000).Select(i => WriteAsync(connection => Insert(connection, "n" + i))).ToList();

        var disposal = _database.DisposeAsync();
        gate.Set();
        await disposal;

        await blocker;
        await Task.WhenAll(waiting);
        await Should.ThrowAsync<ObjectDisposedException>(async () => await WriteAsync(connection => Insert(connection, "late")));
        await Should.ThrowAsync<ObjectDisposedException>(NamesAsync);
        await using var reopened = SqliteDatabase.Open(new SqliteStorageOptions(Path.Combine(_folder.FullName, "keyholder.db")), new ManualTimeProvider());
        (await reopened.ReadAsync(connection => connection.Scalar("SELECT count(*) FROM server_secrets"), default)).ShouldBe(1000);
    }

    [Fact]
    public async Task A_read_cannot_write()
    {
        await Should.ThrowAsync<SqliteException>(() => _database.ReadAsync(
            connection => connection.Execute("INSERT INTO server_secrets (name, sealed, created_at) VALUES ('read', x'01', 1)"),
            default));

        (await NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Text_with_a_NUL_is_refused_rather_than_cut_short()
    {
        await Should.ThrowAsync<ArgumentException>(() => WriteAsync(connection => Insert(connection, "cut\0short")));

        (await NamesAsync()).ShouldBeEmpty();
    }

    /// <summary>Holds the writer until all three are queued, so that they share one commit.</summary>
    private async Task<(Task First, Task Second, Task Third)> InOneBatchAsync(Action<PreparedConnection> first, Action<PreparedConnection> second, Action<PreparedConnection> third)
    {
        using var gate = new ManualResetEventSlim();
        var blocker = await HoldWriterAsync(gate);
        var tasks = (WriteAsync(first), WriteAsync(second), WriteAsync(third));
        gate.Set();
        await blocker;
        return tasks;
    }

    /// <summary>Returns once the writer waits at the gate, so that whatever is queued next makes up the next batch.</summary>
    private async Task<Task> HoldWriterAsync(ManualResetEventSlim gate)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var blocker = WriteAsync(_ =>
        {
            started.SetResult();
            gate.Wait();
        });
        await started.Task;
        return blocker;
    }

    private Task WriteAsync(Action<PreparedConnection> transition) => _database.WriteAsync(transition, default);

    private static void Insert(PreparedConnection connection, string name) => connection.Execute(
        "INSERT INTO server_secrets (name, sealed, created_at) VALUES ($name, x'01', 1)",
        ("$name", name));

    private Task<List<string>> NamesAsync() =>
        _database.ReadAsync(connection => connection.Query("SELECT name FROM server_secrets ORDER BY name", row => row.GetString(0)), default);
}
