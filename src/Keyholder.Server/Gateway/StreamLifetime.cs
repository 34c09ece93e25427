using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Tokens;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Gateway;

/// <summary>How long an event stream may live: until its client goes, its token is revoked or, where the resource says so, expires.</summary>
internal sealed class StreamLifetime : IDisposable
{
    // What timers can do. No stream lives so long.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(45);

    private readonly CancellationTokenSource _source;
    private readonly IDisposable _watch;
    private readonly ITimer? _expiry;

    public StreamLifetime(Resource resource, AccessToken accessToken, IRevocationWatcher watcher, TimeProvider time, CancellationToken clientGone)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(clientGone);
        Ended = _source.Token;
        _watch = watcher.Watch(accessToken, Cut);
        var left = accessToken.ExpiresAt - time.GetUtcNow();
        if ((resource.EndStreamsAtTokenExpiry || IsVirtualKey(accessToken)) && left <= LongestTimer)
        {
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

    // A key that has expired is not followed by another, as an access token is by the next.
    private static bool IsVirtualKey(AccessToken accessToken) => accessToken.Id.StartsWith(VirtualKeyTokenId.Prefix, StringComparison.Ordinal);

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
