using System.Runtime.InteropServices;
using Keyholder.Tokens;
using Microsoft.Extensions.Logging;

namespace Keyholder.Revocation;

/// <summary>
/// The answers on their way that have to end when their token is revoked, found by session, because sessions are what is revoked most. Every request comes
/// by here, so the ones of a session are chained and need no list.
/// </summary>
public sealed partial class RevocationWatches(RevocationIndex index, ILogger<RevocationWatches> logger) : IRevocationWatcher
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Sessions.SessionId, Watching> _bySession = [];

    /// <inheritdoc />
    public IDisposable Watch(AccessToken accessToken, Action onRevoked)
    {
        var watch = new Watching(this, accessToken, onRevoked);
        lock (_gate)
        {
            ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_bySession, accessToken.SessionId, out _);
            watch.Next = first;
            first?.Previous = watch;
            first = watch;
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

    /// <summary>Ends what a changed target concerns: only a new request asks again what it may do.</summary>
    internal void End(RevocationTarget target)
    {
        foreach (var watch in Affected(target))
        {
            if (index.Concerns(target, watch.Token))
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
                return [.. _bySession.Values.SelectMany(Chain)];
            }

            return Sessions.SessionId.TryParse(target.Value, out var id) && _bySession.TryGetValue(id, out var first) ? [.. Chain(first)] : [];
        }
    }

    private static IEnumerable<Watching> Chain(Watching first)
    {
        for (var watch = first; watch is not null; watch = watch.Next)
        {
            yield return watch;
        }
    }

    private void Remove(Watching watch)
    {
        lock (_gate)
        {
            watch.Next?.Previous = watch.Previous;
            if (watch.Previous is not null)
            {
                watch.Previous.Next = watch.Next;
            }
            else if (watch.Next is not null)
            {
                _bySession[watch.Token.SessionId] = watch.Next;
            }
            else
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

        public Watching? Previous { get; set; }

        public Watching? Next { get; set; }

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
