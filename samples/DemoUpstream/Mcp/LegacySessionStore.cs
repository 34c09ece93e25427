using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using ModelContextProtocol.Server;

namespace DemoUpstream.Mcp;

/// <summary>The live sessions. One that no one used for half an hour ends when the next one begins.</summary>
internal sealed class LegacySessionStore(
    TimeProvider clock, DemoUpstreamOptions demo, McpServerOptions options, ILoggerFactory loggers, IServiceProvider services) : IAsyncDisposable
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, LegacySession> _sessions = new(StringComparer.Ordinal);

    public async Task<LegacySession> BeginAsync(string owner)
    {
        var now = clock.GetUtcNow();
        foreach (var idle in _sessions.Values.Where(session => now - session.LastUsed > IdleTimeout)) await EndAsync(idle);

        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        var transport = new StreamableHttpServerTransport(loggers) { SessionId = id, EventStreamStore = demo.ResumableStreams ? new EventLog() : null };
        var session = new LegacySession(id, owner, transport, McpServer.Create(transport, options, loggers, services)) { LastUsed = now };
        _sessions[id] = session;
        return session;
    }

    /// <summary>The session, if it is alive and this owner's.</summary>
    public LegacySession? Find(string id, string owner)
    {
        if (!_sessions.TryGetValue(id, out var session) || session.Owner != owner) return null;
        session.LastUsed = clock.GetUtcNow();
        return session;
    }

    public async Task EndAsync(LegacySession session)
    {
        if (_sessions.TryRemove(session.Id, out _)) await session.DisposeAsync();
    }

    public async Task<int> EndAllAsync()
    {
        var sessions = _sessions.Values.ToList();
        foreach (var session in sessions) await EndAsync(session);
        return sessions.Count;
    }

    public async ValueTask DisposeAsync() => await EndAllAsync();
}
