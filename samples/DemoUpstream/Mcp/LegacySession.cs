using ModelContextProtocol.Server;

namespace DemoUpstream.Mcp;

/// <summary>One initialized conversation of the versions up to 2025-11-25.</summary>
internal sealed class LegacySession : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly McpServer _server;
    private readonly Task _run;
    private int _streams;

    public LegacySession(string id, string owner, StreamableHttpServerTransport transport, McpServer server)
    {
        (Id, Owner, Transport, _server) = (id, owner, transport, server);
        End = _end.Token;
        _run = server.RunAsync(_end.Token);
    }

    public string Id { get; }

    /// <summary>Path and account it was opened with; no one else may use it.</summary>
    public string Owner { get; }

    public StreamableHttpServerTransport Transport { get; }

    /// <summary>Cancelled when the session ends.</summary>
    public CancellationToken End { get; }

    public DateTimeOffset LastUsed { get; set; }

    /// <summary>Claims the one GET stream the transport allows a session.</summary>
    public bool TryOpenStream() => Interlocked.CompareExchange(ref _streams, 1, 0) == 0;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Transport.DisposeAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.DisposeAsync();
        _end.Dispose();
    }
}
