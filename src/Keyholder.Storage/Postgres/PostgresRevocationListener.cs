using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>Hears of appended revocations on a connection of its own, from the first subscription on. A lost connection is made anew, and subscribers are told, since something may have been missed.</summary>
internal sealed class PostgresRevocationListener(NpgsqlDataSource connections, TimeProvider time) : IRevocationSignal, IAsyncDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private readonly RevocationSubscribers _subscribers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task? _listening;

    /// <inheritdoc />
    public IDisposable Subscribe(Action onSignal)
    {
        var subscription = _subscribers.Subscribe(onSignal);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            _listening ??= Task.Run(() => ListenAsync(_stop.Token));
        }

        return subscription;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _stop.Cancel();
        }

        await (_listening ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connections.DisposeAsync();
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        var delay = TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(delay, time, stop);
            delay = await ListenOnceAsync(stop) ? TimeSpan.Zero : NextDelay(delay);
        }
    }

    /// <summary>Listens until the connection is lost; whether there was one.</summary>
    private async Task<bool> ListenOnceAsync(CancellationToken stop)
    {
        var connected = false;
        try
        {
            await using var connection = await connections.OpenConnectionAsync(stop);
            connection.Notification += (_, _) => _subscribers.Signal();
            await using (var listen = new NpgsqlCommand($"LISTEN {RevocationRows.Channel}", connection))
            {
                await listen.ExecuteNonQueryAsync(stop);
            }

            connected = true;
            _subscribers.Signal();
            while (true)
            {
                await connection.WaitAsync(stop);
            }
        }
#pragma warning disable CA1031 // Whatever cut the connection, the next attempt may succeed.
        catch (Exception) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return connected;
        }
    }

    private static TimeSpan NextDelay(TimeSpan delay) =>
        delay == TimeSpan.Zero ? FirstDelay : TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LongestDelay.Ticks));
}
