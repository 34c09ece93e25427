using System.Collections.Concurrent;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>Which credentials must not be refreshed before when: the negative cache of failed refreshes, and the pause after a forced one.</summary>
internal sealed class RefreshBackoffs(int capacity, TimeProvider time)
{
    private readonly ConcurrentDictionary<CredentialKey, DateTimeOffset> _until = new();

    /// <summary>How long still, or null when a refresh may be tried.</summary>
    public TimeSpan? Remaining(CredentialKey key)
    {
        if (!_until.TryGetValue(key, out var until))
        {
            return null;
        }

        var remaining = until - time.GetUtcNow();
        if (remaining > TimeSpan.Zero)
        {
            return remaining;
        }

        _until.TryRemove(key, out _);
        return null;
    }

    public void Set(CredentialKey key, TimeSpan wait)
    {
        if (_until.Count >= capacity)
        {
            _until.Clear();
        }

        _until[key] = time.GetUtcNow() + wait;
    }

    public void Clear(CredentialKey key) => _until.TryRemove(key, out _);
}
