using System.Collections.Concurrent;
using Keyholder.Revocation;
using Keyholder.Storage;

namespace Keyholder.VirtualKeys;

/// <summary>
/// What virtual keys may do, in memory, so that using one costs no read. What is remembered is forgotten when the revocation log says that it is out of date,
/// and after ten seconds in any case; a node that cannot read the log refuses keys as it refuses tokens. A read that began before a change is not kept.
/// </summary>
public sealed class VirtualKeyAccesses : IDisposable
{
    private const int Capacity = 20_000;

    // For what no notice tells: a user disabled by hand.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly IGrantStore _store;
    private readonly RevocationFeed _feed;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _changes;

    public VirtualKeyAccesses(IGrantStore store, RevocationFeed feed, TimeProvider time)
    {
        (_store, _feed, _time) = (store, feed, time);
        feed.Noticed += OnNoticed;
    }

    /// <summary>What is remembered of a key: null in <paramref name="access"/> when there is no such key. False when it has to be read.</summary>
    public bool TryGet(string keyId, out VirtualKeyAccess? access)
    {
        access = null;
        if (!_entries.TryGetValue(keyId, out var entry) || _time.GetUtcNow() >= entry.Until)
        {
            return false;
        }

        access = entry.Access;
        return true;
    }

    /// <summary>The key as it is remembered or read now; null when there is none.</summary>
    public ValueTask<VirtualKeyAccess?> GetAsync(string keyId, CancellationToken cancellationToken) =>
        TryGet(keyId, out var access) ? new(access) : new(ReadAsync(keyId, cancellationToken));

    /// <summary>Forgets a key that was changed.</summary>
    public void Forget(string keyId)
    {
        Interlocked.Increment(ref _changes);
        _entries.TryRemove(keyId, out _);
    }

    /// <summary>Forgets every key, because something changed that concerns many.</summary>
    public void ForgetAll()
    {
        Interlocked.Increment(ref _changes);
        _entries.Clear();
    }

    /// <inheritdoc />
    public void Dispose() => _feed.Noticed -= OnNoticed;

    private async Task<VirtualKeyAccess?> ReadAsync(string keyId, CancellationToken cancellationToken)
    {
        var changes = Interlocked.Read(ref _changes);
        var now = _time.GetUtcNow();
        var access = await _store.FindAccessAsync(keyId, cancellationToken);
        if (_entries.Count >= Capacity)
        {
            _entries.Clear();
        }

        var entry = new Entry(access, now + Lifetime);
        _entries[keyId] = entry;
        if (Interlocked.Read(ref _changes) != changes)
        {
            // Changed meanwhile: it may have been read before. Whoever changed it has looked for the entry before or after it was put in.
            _entries.TryRemove(new(keyId, entry));
        }

        return access;
    }

    private void OnNoticed(RevocationTarget target)
    {
        if (target.Kind == RevocationTargetKind.VirtualKey)
        {
            Forget(target.Value);
        }
        else
        {
            ForgetAll();
        }
    }

    private sealed record Entry(VirtualKeyAccess? Access, DateTimeOffset Until);
}
