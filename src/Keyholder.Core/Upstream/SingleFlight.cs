using System.Collections.Concurrent;

namespace Keyholder.Upstream;

/// <summary>One piece of work per key at a time; callers who come meanwhile share its result. A caller's cancellation ends that caller's wait, never the work.</summary>
internal sealed class SingleFlight<TKey, TResult>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TResult>>> _flights = new();

    public Task<TResult> RunAsync(TKey key, Func<Task<TResult>> work, CancellationToken cancellationToken)
    {
        var flight = _flights.GetOrAdd(key, k => new Lazy<Task<TResult>>(() => Task.Run(() => FlyAsync(k, work), CancellationToken.None)));
        return flight.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Ends when no work is under way, however it ended.</summary>
    public async Task WhenIdleAsync()
    {
        while (_flights.Values.FirstOrDefault() is { } flight)
        {
            await flight.Value.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task<TResult> FlyAsync(TKey key, Func<Task<TResult>> work)
    {
        try
        {
            return await work();
        }
        finally
        {
            _flights.TryRemove(key, out _);
        }
    }
}
