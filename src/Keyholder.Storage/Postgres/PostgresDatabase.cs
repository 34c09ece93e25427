using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>An open, migrated database: a pool of connections, and the write queue.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _pool;
    private readonly PostgresWriteQueue _updates;

    private PostgresDatabase(NpgsqlDataSource pool, int writers)
    {
        _pool = pool;
        _updates = new PostgresWriteQueue(pool, writers);
    }

    /// <summary>Opens the database, migrating it first.</summary>
    /// <exception cref="SchemaTooNewException">The database belongs to a newer Keyholder.</exception>
    public static async Task<PostgresDatabase> OpenAsync(PostgresStorageOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var pool = PostgresConnections.CreatePool(options);
        try
        {
            await PostgresMigrations.ApplyAsync(pool, time.GetUtcNow(), cancellationToken);
            return new PostgresDatabase(pool, options.Writers);
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="PostgresWriteQueue.EnqueueAsync{T}" />
    public Task<T> UpdateAsync<T>(
        UInt128 row, string sql, (string Name, PostgresValue Value)[] parameters, Func<NpgsqlDataReader?, T> map, CancellationToken cancellationToken) =>
        _updates.EnqueueAsync(row, sql, parameters, map, cancellationToken);

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
        await _updates.DisposeAsync();
        await _pool.DisposeAsync();
    }
}
