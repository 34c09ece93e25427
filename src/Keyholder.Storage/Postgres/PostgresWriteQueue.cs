using System.Data;
using System.Threading.Channels;
using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>
/// Group commit: a few writers take what is waiting, send it as one pipelined batch in one transaction, commit, and only then tell the callers.
/// See docs/adr/0008-postgres-group-commit.md.
/// </summary>
internal sealed class PostgresWriteQueue : IAsyncDisposable
{
    private const int BatchSize = 256;
    private readonly Channel<PostgresUpdate> _waiting = Channel.CreateUnbounded<PostgresUpdate>();
    private readonly NpgsqlDataSource _pool;
    private readonly Task[] _writers;

    public PostgresWriteQueue(NpgsqlDataSource pool, int writers)
    {
        _pool = pool;
        _writers = [.. Enumerable.Range(0, writers).Select(_ => Task.Run(DrainAsync))];
    }

    /// <summary>Runs the statement. The task completes when its commit is durable, or fails; it fails with nothing changed unless the connection was lost while committing.</summary>
    /// <param name="row">The row it updates.</param>
    /// <param name="sql">An update of at most one row that returns it.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="map">Reads the changed row; null when the statement changed none.</param>
    /// <param name="cancellationToken">Cancels until the statement is taken, never after.</param>
    public Task<T> EnqueueAsync<T>(
        UInt128 row, string sql, (string Name, PostgresValue Value)[] parameters, Func<NpgsqlDataReader?, T> map, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var transition = new Transition<NpgsqlDataReader?, T>(map, cancellationToken);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(new PostgresUpdate(row, sql, parameters, transition)), this);
        return transition.Task;
    }

    /// <summary>Takes no more and finishes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await Task.WhenAll(_writers);
    }

    private async Task DrainAsync()
    {
        var batch = new List<PostgresUpdate>(BatchSize);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchSize && _waiting.Reader.TryRead(out var update))
            {
                if (update.Transition.TryStart())
                {
                    batch.Add(update);
                }
            }

            if (batch.Count > 0)
            {
                // Every batch locks its rows in the same order, so that no two wait for each other.
                batch.Sort(static (one, other) => one.Row.CompareTo(other.Row));
                await CommitAsync(batch);
                batch.Clear();
            }
        }
    }

    private async Task CommitAsync(List<PostgresUpdate> batch)
    {
        var remaining = batch.ToList();
        while (remaining.Count > 0)
        {
            var (failure, culprit) = await TryCommitAsync(remaining);
            if (failure is null)
            {
                break;
            }

            if (culprit is null)
            {
                remaining.ForEach(update => update.Transition.Fail(failure));
                break;
            }

            culprit.Transition.Fail(failure);
            remaining.Remove(culprit);
        }

        Answers<NpgsqlDataReader?>.Give(batch.Select(update => update.Transition));
    }

    /// <summary>One attempt. A failure with a culprit was rolled back, and the others can be tried without it.</summary>
    private async Task<(Exception? Failure, PostgresUpdate? Culprit)> TryCommitAsync(List<PostgresUpdate> updates)
    {
        var position = 0;
        try
        {
            await using var connection = await _pool.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            try
            {
                await RunAsync(connection, updates, reached => position = reached);
            }
            catch (Exception failure) when (position < updates.Count && connection.State == ConnectionState.Open && IsOfOneStatement(failure))
            {
                await transaction.RollbackAsync();
                return (failure, updates[position]);
            }

            await transaction.CommitAsync();
            return (null, null);
        }
        catch (Exception failure)
        {
            return (failure, null);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, List<PostgresUpdate> updates, Action<int> reached)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var update in updates)
        {
            batch.BatchCommands.Add(update.ToBatchCommand());
        }

        // Results come in the order of the statements: what fails while one is waited for or read is that one's failure.
        await using var reader = await batch.ExecuteReaderAsync();
        for (var i = 0; i < updates.Count; i++)
        {
            updates[i].Transition.Run(await reader.ReadAsync() ? reader : null);
            reached(i + 1);
            await reader.NextResultAsync();
        }
    }

    // The server refused a statement, or its row could not be understood. Anything else is trouble of the connection.
    private static bool IsOfOneStatement(Exception failure) =>
        failure is PostgresException or (not NpgsqlException and not IOException and not OperationCanceledException and not ObjectDisposedException);
}
