using System.Collections.Concurrent;

namespace Keyholder.Clients;

/// <summary>
/// What was learned lately, each until a time of its own and in bounded number: two generations, of which the older one is dropped whole when the younger one is full.
/// </summary>
internal sealed class ExpiringCache<T>(int capacity, TimeProvider clock)
    where T : class
{
    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<string, Entry> _young = new(StringComparer.Ordinal);
    private volatile ConcurrentDictionary<string, Entry> _old = new(StringComparer.Ordinal);

    /// <summary>How many entries are held, stale ones included: at most the capacity.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>The value unless it is stale.</summary>
    public T? Find(string key) =>
        (_young.TryGetValue(key, out var entry) || _old.TryGetValue(key, out entry)) && clock.GetUtcNow() < entry.StaleAt ? entry.Value : null;

    /// <summary>Keeps <paramref name="value"/> for <paramref name="lifetime"/>.</summary>
    public void Put(string key, T value, TimeSpan lifetime)
    {
        lock (_gate)
        {
            if (_young.Count >= capacity / 2 && !_young.ContainsKey(key))
            {
                _old = _young;
                _young = new(StringComparer.Ordinal);
            }

            _young[key] = new Entry(value, clock.GetUtcNow() + lifetime);
        }
    }

    /// <summary>Forgets the key.</summary>
    public void Remove(string key)
    {
        lock (_gate)
        {
            _young.TryRemove(key, out _);
            _old.TryRemove(key, out _);
        }
    }

    private readonly record struct Entry(T Value, DateTimeOffset StaleAt);
}
