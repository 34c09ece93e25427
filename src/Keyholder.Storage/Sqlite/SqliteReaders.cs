using System.Collections.Concurrent;

namespace Keyholder.Storage.Sqlite;

/// <summary>A bounded pool of connections that only read. Each read sees everything committed before it began.</summary>
internal sealed class SqliteReaders(SqliteConnections connections) : IAsyncDisposable
{
    private static readonly int Capacity = Math.Max(4, Environment.ProcessorCount * 2);
    private readonly SemaphoreSlim _free = new(Capacity, Capacity);
    private readonly ConcurrentBag<PreparedConnection> _idle = [];
    private bool _disposed;

    /// <summary>Runs a read on the caller's thread once a connection is free.</summary>
    public async Task<T> ReadAsync<T>(Func<PreparedConnection, T> read, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        await _free.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            var connection = _idle.TryTake(out var idle) ? idle : connections.OpenReader();
            var result = RunOrClose(connection, read);
            _idle.Add(connection);
            return result;
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Takes no more, waits for the reads under way, closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        for (var i = 0; i < Capacity; i++)
        {
            await _free.WaitAsync();
        }

        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }

        _free.Release(Capacity);
    }

    private static T RunOrClose<T>(PreparedConnection connection, Func<PreparedConnection, T> read)
    {
        try
        {
            return read(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
