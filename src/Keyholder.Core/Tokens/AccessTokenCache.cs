using System.Collections.Concurrent;

namespace Keyholder.Tokens;

/// <summary>
/// Tokens whose signature was found good, in two generations: when the young one is full it becomes the old one, and the old one is dropped whole. Memory
/// is bounded, eviction costs nothing per entry, and a token in use moves to the young generation before it can be dropped. Only what this server signed
/// gets in, so nobody can flood it with inventions.
/// </summary>
internal sealed class AccessTokenCache(int capacity)
{
    private readonly Lock _gate = new();
    private readonly int _generationSize = Math.Max(1, capacity / 2);
    private volatile Generation _young = new();
    private volatile Generation _old = new();

    /// <summary>The token with that digest, if it was verified under <paramref name="keys"/>.</summary>
    public AccessToken? Find(AccessTokenDigest digest, SigningKeySet keys)
    {
        if (!_young.Entries.TryGetValue(digest, out var entry))
        {
            if (!_old.Entries.TryGetValue(digest, out entry))
            {
                return null;
            }

            Add(digest, entry);
        }

        return ReferenceEquals(entry.Keys, keys) ? entry.Token : null;
    }

    /// <summary>Remembers a token.</summary>
    public void Add(AccessTokenDigest digest, SigningKeySet keys, AccessToken token) => Add(digest, new Entry(keys, token));

    private void Add(AccessTokenDigest digest, Entry entry)
    {
        var young = _young;
        if (!young.Entries.TryAdd(digest, entry))
        {
            young.Entries[digest] = entry;
        }
        else if (Interlocked.Increment(ref young.Count) >= _generationSize)
        {
            lock (_gate)
            {
                if (ReferenceEquals(_young, young))
                {
                    _old = young;
                    _young = new Generation();
                }
            }
        }
    }

    private readonly record struct Entry(SigningKeySet Keys, AccessToken Token);

    private sealed class Generation
    {
        public readonly ConcurrentDictionary<AccessTokenDigest, Entry> Entries = new();
        public int Count;
    }
}
