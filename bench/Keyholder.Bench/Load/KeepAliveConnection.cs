using System.Net.Sockets;
using System.Text;

namespace Keyholder.Bench.Load;

/// <summary>One HTTP/1.1 keep-alive connection that does as little as possible beside sending and receiving.</summary>
internal sealed class KeepAliveConnection : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _length;

    public static async Task<KeepAliveConnection> OpenAsync(Uri url, CancellationToken cancellationToken)
    {
        var connection = new KeepAliveConnection();
        await connection._socket.ConnectAsync(url.Host, url.Port, cancellationToken);
        return connection;
    }

    /// <summary>Sends one request and reads its whole response; returns the status.</summary>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(request, cancellationToken);
        _length = 0;
        int end;
        while ((end = EndOfResponse(_buffer.AsSpan(0, _length))) < 0)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_length), cancellationToken);
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            _length += read;
        }

        return (100 * (_buffer[9] - '0')) + (10 * (_buffer[10] - '0')) + _buffer[11] - '0';
    }

    /// <summary>The last response.</summary>
    public ReadOnlySpan<byte> LastResponse => _buffer.AsSpan(0, _length);

    /// <summary>The last response as text.</summary>
    public string LastResponseText() => Encoding.UTF8.GetString(LastResponse);

    public void Dispose() => _socket.Dispose();

    private static int EndOfResponse(ReadOnlySpan<byte> received)
    {
        var head = received.IndexOf(HeadEnd);
        if (head < 0)
        {
            return -1;
        }

        var body = received[(head + 4)..];
        var lengthAt = IndexOfHeader(received[..head], "content-length: "u8);
        if (lengthAt >= 0)
        {
            return System.Buffers.Text.Utf8Parser.TryParse(received[lengthAt..head], out int length, out _)
                ? body.Length >= length ? head + 4 + length : -1
                : throw new InvalidDataException("Content-Length is not a number.");
        }

        return body.EndsWith("0\r\n\r\n"u8) ? received.Length : -1;
    }

    private static int IndexOfHeader(ReadOnlySpan<byte> head, ReadOnlySpan<byte> lowerName)
    {
        for (var line = head.IndexOf("\r\n"u8); line >= 0 && line + 2 < head.Length;)
        {
            var start = line + 2;
            if (head.Length >= start + lowerName.Length && Ascii.EqualsIgnoreCase(head.Slice(start, lowerName.Length), lowerName))
            {
                return start + lowerName.Length;
            }

            var next = head[start..].IndexOf("\r\n"u8);
            line = next < 0 ? -1 : start + next;
        }

        return -1;
    }
}
