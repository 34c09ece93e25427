using System.Collections.Concurrent;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>Which credentials must not be refreshed before when: the negative cache of failed refreshes, and the pause after a forced one or one of another node.</summary>
internal sealed class RefreshBackoffs(int capacity, TimeProvider time)
{
    private readonly ConcurrentDictionary<CredentialKey, Backoff> _backoffs = new();

    /// <summary>How long still, or null when a refresh of a version may be tried; of one that was replaced since it may, which the store then says.</summary>
    public TimeSpan? Remaining(CredentialKey key, long version) =>
        _backoffs.TryGetValue(key, out var backoff) && version >= backoff.Since && backoff.Until - time.GetUtcNow() is var remaining && remaining > TimeSpan.Zero ? remaining : null;

    /// <summary>Whether this node's latest refresh failed, however long ago.</summary>
    public bool HasFailed(CredentialKey key) => _backoffs.TryGetValue(key, out var backoff) && backoff.Failed;

    /// <summary>A refresh failed.</summary>
    public void Fail(CredentialKey key, TimeSpan wait) => Set(key, new(time.GetUtcNow() + wait, Failed: true));

    /// <summary>There is to be none for a while, which says nothing about whether the latest one failed.</summary>
    /// <param name="key">The credential.</param>
    /// <param name="wait">How long.</param>
    /// <param name="since">The first version that is not refreshed; 0 = any.</param>
    public void Pause(CredentialKey key, TimeSpan wait, long since = 0) => Set(key, new(time.GetUtcNow() + wait, HasFailed(key), since));

    public void Clear(CredentialKey key) => _backoffs.TryRemove(key, out _);

    private void Set(CredentialKey key, Backoff backoff)
    {
        if (_backoffs.Count >= capacity)
        {
            _backoffs.Clear();
        }

        _backoffs[key] = backoff;
    }

    private readonly record struct Backoff(DateTimeOffset Until, bool Failed, long Since = 0);
}
