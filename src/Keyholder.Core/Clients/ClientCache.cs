using System.Collections.Concurrent;

namespace Keyholder.Clients;

/// <summary>
/// Clients seen lately, for a short time and in bounded number: two generations, of which the older one is dropped whole when the younger one is full. Only clients that
/// exist are kept, so made-up ids cannot displace them.
/// </summary>
internal sealed class ClientCache(int capacity, TimeSpan lifetime, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<string, Entry> _young = new(StringComparer.Ordinal);
    private volatile ConcurrentDictionary<string, Entry> _old = new(StringComparer.Ordinal);

    /// <summary>How many entries are held, stale ones included: at most the capacity.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>The client if it was put in less than the lifetime ago.</summary>
    public Client? Find(string clientId) =>
        (_young.TryGetValue(clientId, out var entry) || _old.TryGetValue(clientId, out entry)) && clock.GetUtcNow() < entry.StaleAt ? entry.Client : null;

    /// <summary>Keeps <paramref name="client"/> as it was just read.</summary>
    public void Put(Client client)
    {
        lock (_gate)
        {
            if (_young.Count >= capacity / 2 && !_young.ContainsKey(client.Id))
            {
                _old = _young;
                _young = new(StringComparer.Ordinal);
            }

            _young[client.Id] = new Entry(client, clock.GetUtcNow() + lifetime);
        }
    }

    private readonly record struct Entry(Client Client, DateTimeOffset StaleAt);
}
