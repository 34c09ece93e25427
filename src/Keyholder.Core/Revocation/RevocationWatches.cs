using Keyholder.Tokens;
using Microsoft.Extensions.Logging;

namespace Keyholder.Revocation;

/// <summary>The open streams that have to end when their token is revoked, found by session, because sessions are what is revoked most.</summary>
public sealed partial class RevocationWatches(RevocationIndex index, ILogger<RevocationWatches> logger) : IRevocationWatcher
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Sessions.SessionId, HashSet<Watching>> _bySession = [];

    /// <inheritdoc />
    public IDisposable Watch(AccessToken accessToken, Action onRevoked)
    {
        var watch = new Watching(this, accessToken, onRevoked);
        lock (_gate)
        {
            if (!_bySession.TryGetValue(accessToken.SessionId, out var watches))
            {
                _bySession.Add(accessToken.SessionId, watches = []);
            }

            watches.Add(watch);
        }

        // After it was added: a revocation in between is seen by one of the two.
        if (index.IsRevoked(accessToken))
        {
            watch.Fire();
        }

        return watch;
    }

    /// <summary>Ends what the entry, already in the index, matches.</summary>
    internal void Notify(RevocationEntry entry)
    {
        foreach (var watch in Affected(entry.Target))
        {
            if (index.IsRevoked(watch.Token))
            {
                watch.Fire();
            }
        }
    }

    private List<Watching> Affected(RevocationTarget target)
    {
        lock (_gate)
        {
            if (target.Kind != RevocationTargetKind.Session)
            {
                return [.. _bySession.Values.SelectMany(watches => watches)];
            }

            return Sessions.SessionId.TryParse(target.Value, out var id) && _bySession.TryGetValue(id, out var found) ? [.. found] : [];
        }
    }

    private void Remove(Watching watch)
    {
        lock (_gate)
        {
            if (_bySession.TryGetValue(watch.Token.SessionId, out var watches) && watches.Remove(watch) && watches.Count == 0)
            {
                _bySession.Remove(watch.Token.SessionId);
            }
        }
    }

    [LoggerMessage(1400, LogLevel.Error, "Ending a stream of revoked session {SessionId} failed")]
    private partial void LogFailed(Exception exception, Sessions.SessionId sessionId);

    private sealed class Watching(RevocationWatches owner, AccessToken token, Action onRevoked) : IDisposable
    {
        private int _done;

        public AccessToken Token => token;

        public void Fire()
        {
            if (Interlocked.Exchange(ref _done, 1) != 0)
            {
                return;
            }

            owner.Remove(this);
            try
            {
                onRevoked();
            }
#pragma warning disable CA1031 // One stream's failure must not keep the others alive.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                owner.LogFailed(exception, token.SessionId);
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
            {
                owner.Remove(this);
            }
        }
    }
}
