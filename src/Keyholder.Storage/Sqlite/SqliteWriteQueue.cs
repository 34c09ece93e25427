using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>
/// Group commit: one thread takes what is waiting, runs it all in one transaction, what fails undone alone, commits, and only then tells the callers.
/// See docs/adr/0003-one-sqlite-writer-thread.md.
/// </summary>
internal sealed class SqliteWriteQueue : IAsyncDisposable
{
    // Whoever is in a batch waits for the disk. A few dozen share that wait cheaply enough, and the others use the processors meanwhile; batches of
    // everybody would leave them idle. bench/run refresh shows it.
    private const int BatchSize = 64;

    // A synchronous continuation only wakes the writer's own wait; callers' continuations never run on it.
    private readonly Channel<SqliteTransition> _waiting = Channel.CreateUnbounded<SqliteTransition>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PreparedConnection _connection;

    /// <summary>Takes over the connection; it is closed when the queue has drained.</summary>
    public SqliteWriteQueue(PreparedConnection connection)
    {
        _connection = connection;
        new Thread(Drain) { IsBackground = true, Name = "Keyholder SQLite writer" }.Start();
    }

    /// <summary>Runs the work on the writer's connection. The task completes when its commit is durable, or fails with nothing changed.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="isOneChange">Whether the work changes the database by one statement at most. Such a one is undone by SQLite itself when it fails; what fails after it leaves it done.</param>
    /// <param name="cancellationToken">Cancels until the work is taken, never after.</param>
    public Task<T> EnqueueAsync<T>(Func<PreparedConnection, T> work, bool isOneChange, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var transition = new Transition<PreparedConnection, T>(work, cancellationToken);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(new(transition, isOneChange)), this);
        return transition.Task;
    }

    /// <summary>Takes no more, finishes what waits, closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _drained.Task;
    }

    private void Drain()
    {
        var batch = new List<SqliteTransition>(BatchSize);
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < BatchSize && _waiting.Reader.TryRead(out var transition))
            {
                if (transition.Work.TryStart())
                {
                    batch.Add(transition);
                }
            }

            if (batch.Count > 0)
            {
                Commit(batch);
                batch.Clear();
            }
        }

        _connection.Dispose();
        _drained.SetResult();
    }

    private void Commit(List<SqliteTransition> batch)
    {
        try
        {
            _connection.Execute("BEGIN IMMEDIATE");
            foreach (var transition in batch)
            {
                if (transition.IsOneChange)
                {
                    Run(transition.Work);
                }
                else
                {
                    RunInSavepoint(transition.Work);
                }
            }

            _connection.Execute("COMMIT");
        }
        catch (Exception failure)
        {
            Rollback();
            batch.ForEach(transition => transition.Work.Fail(failure));
        }

        Answers<PreparedConnection>.Give(batch.Select(transition => transition.Work));
    }

    private void Run(Transition<PreparedConnection> transition)
    {
        try
        {
            transition.Run(_connection);
        }
        catch (Exception failure) when (_connection.InTransaction)
        {
            // Else SQLite has ended the whole transaction (disk full, I/O error): then all of the batch has failed.
            transition.Fail(failure);
        }
    }

    private void RunInSavepoint(Transition<PreparedConnection> transition)
    {
        _connection.Execute("SAVEPOINT transition");
        try
        {
            transition.Run(_connection);
        }
        catch (Exception failure)
        {
            // Throws when SQLite has ended the whole transaction (disk full, I/O error): then all of the batch has failed.
            _connection.Execute("ROLLBACK TO transition");
            transition.Fail(failure);
        }

        _connection.Execute("RELEASE transition");
    }

    private void Rollback()
    {
        if (!_connection.InTransaction)
        {
            return;
        }

        try
        {
            _connection.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // The next BEGIN finds the transaction still open, fails, and comes here again: nothing is ever acknowledged meanwhile.
        }
    }
}
