namespace Keyholder.Storage.Sqlite;

/// <summary>An open, migrated database: one writer, and readers beside it unless it lies in memory.</summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private readonly SqliteWriteQueue _writes;
    private readonly SqliteReaders? _readers;

    private SqliteDatabase(SqliteWriteQueue writes, SqliteReaders? readers)
    {
        _writes = writes;
        _readers = readers;
    }

    /// <summary>Opens the database, migrating it first.</summary>
    /// <exception cref="SchemaTooNewException">The database demands a newer Keyholder.</exception>
    public static SqliteDatabase Open(SqliteStorageOptions options, TimeProvider time)
    {
        var connections = new SqliteConnections(options.Path);
        var writer = connections.OpenWriter();
        try
        {
            SqliteMigrations.Apply(writer, time.GetUtcNow());
        }
        catch
        {
            writer.Dispose();
            throw;
        }

        return new SqliteDatabase(new SqliteWriteQueue(writer), connections.InMemory ? null : new SqliteReaders(connections));
    }

    /// <summary>Runs a transition atomically; the task completes when it is durable.</summary>
    public Task<T> WriteAsync<T>(Func<PreparedConnection, T> transition, CancellationToken cancellationToken) =>
        _writes.EnqueueAsync(transition, isOneChange: false, cancellationToken);

    /// <summary>As <see cref="WriteAsync{T}"/>, for a transition that changes the database by one statement at most: it needs no savepoint.</summary>
    public Task<T> UpdateAsync<T>(Func<PreparedConnection, T> transition, CancellationToken cancellationToken) =>
        _writes.EnqueueAsync(transition, isOneChange: true, cancellationToken);

    /// <inheritdoc cref="WriteAsync{T}" />
    public Task WriteAsync(Action<PreparedConnection> transition, CancellationToken cancellationToken) =>
        WriteAsync(
            connection =>
            {
                transition(connection);
                return true;
            },
            cancellationToken);

    /// <summary>Runs one statement that reads.</summary>
    public Task<T> ReadAsync<T>(Func<PreparedConnection, T> read, CancellationToken cancellationToken) =>
        _readers?.ReadAsync(read, cancellationToken) ?? _writes.EnqueueAsync(read, isOneChange: true, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_readers is not null)
        {
            await _readers.DisposeAsync();
        }

        await _writes.DisposeAsync();
    }
}
