using System.Collections.Concurrent;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>Which credentials must not be refreshed before when: the negative cache of failed refreshes, and the pause after a forced one.</summary>
internal sealed class RefreshBackoffs(int capacity, TimeProvider time)
{
    private readonly ConcurrentDictionary<CredentialKey, DateTimeOffset> _until = new();

    /// <summary>How long still, or null when a refresh may be tried.</summary>
    public TimeSpan? Remaining(CredentialKey key) =>
        _until.TryGetValue(key, out var until) && until - time.GetUtcNow() is var remaining && remaining > TimeSpan.Zero ? remaining : null;

    /// <summary>Whether the latest refresh failed, however long ago.</summary>
    public bool HasFailed(CredentialKey key) => _until.ContainsKey(key);

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
