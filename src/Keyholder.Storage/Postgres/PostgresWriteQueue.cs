using System.Data;
using System.Threading.Channels;
using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>
/// Group commit: a few writers take the changes that are waiting, send them as one statement that is a transaction of its own, and only when that has
/// committed tell the callers. See docs/adr/0008-postgres-group-commit.md.
/// </summary>
internal sealed class PostgresWriteQueue<TChange, TRow> : IAsyncDisposable
    where TRow : class
{
    private const int BatchSize = 256;
    private readonly Channel<PostgresChange<TChange>> _waiting = Channel.CreateUnbounded<PostgresChange<TChange>>();
    private readonly NpgsqlDataSource _connections;
    private readonly IPostgresBulkUpdate<TChange, TRow> _update;
    private readonly Task[] _writers;

    public PostgresWriteQueue(NpgsqlDataSource connections, IPostgresBulkUpdate<TChange, TRow> update, int writers)
    {
        (_connections, _update) = (connections, update);
        _writers = [.. Enumerable.Range(0, writers).Select(_ => Task.Run(DrainAsync))];
    }

    /// <summary>
    /// Makes the change and gives the row as it is then; null when its conditions did not hold. The task completes when the commit is durable, or fails:
    /// with nothing changed, unless the connection was lost while committing or the changed row could not be read.
    /// </summary>
    /// <param name="change">The change. Its text has to be storable: see <see cref="PostgresValue.Storable"/>.</param>
    /// <param name="cancellationToken">Cancels until the change is taken, never after.</param>
    public Task<TRow?> EnqueueAsync(TChange change, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<TRow?>(cancellationToken);
        }

        var transition = new Transition<NpgsqlDataReader?, TRow?>(row => row is null ? null : _update.Read(row, change), cancellationToken);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(new(_update.RowOf(change), change, transition)), this);
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
        var batch = new List<PostgresChange<TChange>>(BatchSize);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchSize && _waiting.Reader.TryRead(out var change))
            {
                if (change.Transition.TryStart())
                {
                    batch.Add(change);
                }
            }

            if (batch.Count > 0)
            {
                // Every batch locks its rows in the same order, so that no two wait for each other.
                batch.Sort(static (one, other) => one.Row.CompareTo(other.Row));
                await CommitAsync(batch);
                Answers<NpgsqlDataReader?>.Give(batch.Select(change => change.Transition));
                batch.Clear();
            }
        }
    }

    /// <summary>What the server refuses is sent again one by one, so that nobody fails for what another sent.</summary>
    private async Task CommitAsync(List<PostgresChange<TChange>> batch)
    {
        if (await TryCommitAsync(batch) is not var (failure, isRefusal))
        {
            return;
        }

        foreach (var change in batch)
        {
            if ((isRefusal && batch.Count > 1 ? await TryCommitAsync([change]) : (failure, isRefusal)) is var (own, _))
            {
                change.Transition.Fail(own);
            }
        }
    }

    /// <summary>
    /// One attempt; null when it has committed. A refusal is the server's answer that it changed nothing, on a connection that still works. A deadlock is
    /// none: it must not happen, so it is not hidden.
    /// </summary>
    private async Task<(Exception Failure, bool IsRefusal)?> TryCommitAsync(List<PostgresChange<TChange>> changes)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await _connections.OpenConnectionAsync();
            await RunAsync(connection, changes);
            return null;
        }
        catch (Exception failure)
        {
            return (failure, failure is PostgresException { SqlState: not PostgresErrorCodes.DeadlockDetected } && connection?.State == ConnectionState.Open);
        }
        finally
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private async Task RunAsync(NpgsqlConnection connection, List<PostgresChange<TChange>> changes)
    {
#pragma warning disable CA2100 // Every text is a constant of this assembly; values are parameters.
        await using var command = new NpgsqlCommand(_update.Sql, connection);
#pragma warning restore CA2100
        _update.AddParameters(command.Parameters, changes.ConvertAll(static change => change.Value));
        changes.ForEach(static change => change.Transition.Run(null));
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            Take(reader, changes[(int)reader.GetInt64(0) - 1].Transition);
        }

        // The rows come before the commit. It is the end of the statement's answer that says whether it succeeded.
        await reader.NextResultAsync();
    }

    private static void Take(NpgsqlDataReader row, Transition<NpgsqlDataReader?> transition)
    {
        try
        {
            transition.Run(row);
        }
        catch (Exception unreadable) when (unreadable is not NpgsqlException)
        {
            transition.Fail(unreadable);
        }
    }
}
