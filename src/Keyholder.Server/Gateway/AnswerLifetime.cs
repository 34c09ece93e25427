using Keyholder.Revocation;
using Keyholder.Tokens;

namespace Keyholder.Server.Gateway;

/// <summary>How long an answer that is no event stream may take to reach the client: until its token is revoked. Then the connection is aborted, so that the client sees the truncation.</summary>
internal sealed class AnswerLifetime : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HttpContext _context;
    private readonly IDisposable _watch;
    private bool _over;

    public AnswerLifetime(HttpContext context, AccessToken accessToken, IRevocationWatcher watcher)
    {
        _context = context;
        _watch = watcher.Watch(accessToken, Cut);
    }

    /// <summary>Whether the answer was cut.</summary>
    public bool WasCut { get; private set; }

    public void Dispose()
    {
        _watch.Dispose();
        lock (_gate)
        {
            _over = true;
        }
    }

    // Never after the answer is over: the next request of the connection is somebody else's.
    private void Cut()
    {
        lock (_gate)
        {
            if (!_over)
            {
                WasCut = true;
                _context.Abort();
            }
        }
    }
}
