using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keyholder.Tests.Gateway;

/// <summary>An upstream that is no HTTP server: it reads one request per connection and answers with any bytes, then closes or waits.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string> _answer;
    private int _connections;

    /// <param name="answer">From the head of a request to the bytes (Latin-1) that answer it; a NUL at the end keeps the connection open.</param>
    public RawUpstream(Func<string, string> answer)
    {
        _answer = answer;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/mcp");
        _ = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>How many connections were made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(connection);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var owned = connection;
        var stream = connection.GetStream();
        try
        {
            while (await ReadHeadAsync(stream) is { } head)
            {
                var answer = _answer(head);
                var stay = answer.EndsWith('\0');
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer.TrimEnd('\0')), _stop.Token);
                if (!stay)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
        }
    }

    // Head and body: the gateway always announces the length.
    private async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var received = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var text = received.ToString();
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                var length = text.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.Ordinal));
                if (text.Length - end - 4 >= int.Parse(length?["Content-Length: ".Length..] ?? "0"))
                {
                    return text[..end];
                }
            }

            var read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0)
            {
                return null;
            }

            received.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
    }
}
