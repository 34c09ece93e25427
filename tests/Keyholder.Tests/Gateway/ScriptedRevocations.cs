using System.Collections.Concurrent;
using Keyholder.Revocation;
using Keyholder.Tokens;

namespace Keyholder.Tests.Gateway;

/// <summary>A kill switch in the test's hand.</summary>
internal sealed class ScriptedRevocations : IRevocationWatcher
{
    private readonly ConcurrentDictionary<Watch, bool> _watches = new();

    public int Watching => _watches.Count;

    IDisposable IRevocationWatcher.Watch(AccessToken accessToken, Action onRevoked)
    {
        var watch = new Watch(this, onRevoked);
        _watches[watch] = true;
        return watch;
    }

    public void RevokeAll()
    {
        foreach (var watch in _watches.Keys)
        {
            watch.Revoke();
        }
    }

    private sealed class Watch(ScriptedRevocations owner, Action onRevoked) : IDisposable
    {
        public void Revoke() => onRevoked();

        public void Dispose() => owner._watches.TryRemove(this, out _);
    }
}
