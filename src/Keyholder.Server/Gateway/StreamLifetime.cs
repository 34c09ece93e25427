using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Tokens;

namespace Keyholder.Server.Gateway;

/// <summary>How long an event stream may live: until its client goes, its token is revoked or, where the resource says so, expires.</summary>
internal sealed class StreamLifetime : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly IDisposable _watch;
    private readonly ITimer? _expiry;

    public StreamLifetime(Resource resource, AccessToken accessToken, IRevocationWatcher watcher, TimeProvider time, CancellationToken clientGone)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(clientGone);
        Ended = _source.Token;
        _watch = watcher.Watch(accessToken, Cut);
        if (resource.EndStreamsAtTokenExpiry)
        {
            var left = accessToken.ExpiresAt - time.GetUtcNow();
            _expiry = time.CreateTimer(static state => ((StreamLifetime)state!).Cut(), this, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Cancelled when the stream has to end.</summary>
    public CancellationToken Ended { get; }

    public void Dispose()
    {
        _expiry?.Dispose();
        _watch.Dispose();
        _source.Dispose();
    }

    // Called by whoever brings the revocation, perhaps for thousands of streams: the work is done elsewhere.
    private void Cut()
    {
        try
        {
            _ = _source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The stream ended by itself in this moment.
        }
    }
}
