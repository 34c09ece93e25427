using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Keyholder.Upstream;

/// <summary>Ready authorizations by session and resource, so that a warm request costs one look-up. One is good as long as every credential it was made of is.</summary>
internal sealed class WarmAuthorizations(int capacity, TimeProvider time)
{
    private readonly ConcurrentDictionary<AuthorizationKey, Entry> _entries = new();

    public bool TryGet(AuthorizationKey key, [NotNullWhen(true)] out UpstreamAuthorization? authorization)
    {
        authorization = null;
        if (!_entries.TryGetValue(key, out var entry))
        {
            return false;
        }

        var now = time.GetUtcNow();
        foreach (var part in entry.Parts)
        {
            if (!part.IsGood(now))
            {
                return false;
            }
        }

        authorization = entry.Authorization;
        return true;
    }

    /// <summary>When full, everything is forgotten.</summary>
    public void Put(AuthorizationKey key, UpstreamAuthorization authorization, WarmCredential[] parts)
    {
        if (_entries.Count >= capacity)
        {
            _entries.Clear();
        }

        _entries[key] = new Entry(authorization, parts);
    }

    private sealed record Entry(UpstreamAuthorization Authorization, WarmCredential[] Parts);
}
