using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>An open, migrated database: a pool of connections, and the write queues with connections of their own.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _pool;
    private readonly NpgsqlDataSource _bulkPool;
    private readonly int _writers;
    private readonly List<IAsyncDisposable> _queues = [];

    private PostgresDatabase(NpgsqlDataSource pool, NpgsqlDataSource bulkPool, int writers) => (_pool, _bulkPool, _writers) = (pool, bulkPool, writers);

    /// <summary>Opens the database, migrating it first.</summary>
    /// <exception cref="SchemaTooNewException">The database demands a newer Keyholder.</exception>
    public static async Task<PostgresDatabase> OpenAsync(PostgresStorageOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var pool = PostgresConnections.CreatePool(options);
        try
        {
            await PostgresMigrations.ApplyAsync(pool, time.GetUtcNow(), cancellationToken);
            return new PostgresDatabase(pool, PostgresConnections.CreateBulkPool(options), options.Writers);
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }
    }

    /// <summary>A queue for one kind of change. It drains, and takes no more, when the database is disposed.</summary>
    public PostgresWriteQueue<TChange, TRow> CreateQueue<TChange, TRow>(IPostgresBulkUpdate<TChange, TRow> update)
        where TRow : class
    {
        var queue = new PostgresWriteQueue<TChange, TRow>(_bulkPool, update, _writers);
        _queues.Add(queue);
        return queue;
    }

    /// <summary>Runs a transition in a transaction of its own; the task completes when it is durable. It can be cancelled until it starts, never after.</summary>
    public async Task<T> WriteAsync<T>(Func<PostgresStatements, Task<T>> transition, CancellationToken cancellationToken)
    {
        await using var connection = await _pool.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var result = await transition(new PostgresStatements(connection, CancellationToken.None));
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }

    /// <inheritdoc cref="WriteAsync{T}" />
    public Task WriteAsync(Func<PostgresStatements, Task> transition, CancellationToken cancellationToken) =>
        WriteAsync(
            async statements =>
            {
                await transition(statements);
                return true;
            },
            cancellationToken);

    /// <summary>Runs statements that only read, each seeing what was committed before it began.</summary>
    public async Task<T> ReadAsync<T>(Func<PostgresStatements, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var connection = await _pool.OpenConnectionAsync(cancellationToken);
        return await read(new PostgresStatements(connection, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var queue in _queues)
        {
            await queue.DisposeAsync();
        }

        await _bulkPool.DisposeAsync();
        await _pool.DisposeAsync();
    }
}
