using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Keyholder.Conformance.Running;

/// <summary>
/// Stands between a process and a PostgreSQL server and reads along: once armed, it strikes at the n-th message after which the process waits for an answer (Sync or
/// Query of the frontend protocol), that is, at the n-th step of what the process does, on whichever connection.
/// </summary>
internal sealed class PostgresRelay : IAsyncDisposable
{
    private const int SslRequest = 80877103;
    private const int GssRequest = 80877104;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly UnixDomainSocketEndPoint _server;
    private readonly Task _accepting;
    private volatile Trap? _trap;

    /// <summary>Begins to listen.</summary>
    /// <param name="folder">Where the server's Unix socket lies.</param>
    public PostgresRelay(string folder)
    {
        _server = new UnixDomainSocketEndPoint(Path.Combine(folder, ".s.PGSQL.5432"));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port the process shall connect to, on loopback and without TLS.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Strikes once at step <paramref name="step"/> from now on.</summary>
    /// <param name="step">1 = the next one.</param>
    /// <param name="forward">Whether the server still gets the message, whose answer then never arrives; else it never sees it.</param>
    /// <param name="strike">What to do; it returns when it is done.</param>
    public void Arm(int step, bool forward, Action strike) => _trap = new Trap(step, forward, strike);

    /// <summary>Strikes no more; whether it has.</summary>
    public bool Disarm() => Interlocked.Exchange(ref _trap!, null)?.HasStruck == true;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(_server, over.Token);
                await using var toServer = new NetworkStream(server);
                var forth = ForthAsync(client.GetStream(), toServer, over.Token);
                var back = toServer.CopyToAsync(client.GetStream(), over.Token);
                await Task.WhenAny(forth, back);
                await over.CancelAsync();
                await Task.WhenAll(forth, back);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone; so is the other now.
            }
        }
    }

    private async Task ForthAsync(Stream client, Stream server, CancellationToken cancellationToken)
    {
        // The first messages have no type: a request for encryption, which is declined, then the startup.
        int code;
        do
        {
            var startup = await ReadAsync(client, typed: false, cancellationToken);
            code = BinaryPrimitives.ReadInt32BigEndian(startup.AsSpan(4));
            await server.WriteAsync(startup, cancellationToken);
        }
        while (code is SslRequest or GssRequest);

        while (true)
        {
            var message = await ReadAsync(client, typed: true, cancellationToken);
            if (message[0] is (byte)'S' or (byte)'Q' && _trap is { } trap && trap.IsHit())
            {
                if (trap.Forward)
                {
                    await server.WriteAsync(message, cancellationToken);
                }

                trap.Strike();
                return;
            }

            await server.WriteAsync(message, cancellationToken);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream from, bool typed, CancellationToken cancellationToken)
    {
        var header = new byte[typed ? 5 : 4];
        await from.ReadExactlyAsync(header, cancellationToken);

        // The length counts itself and not the type.
        var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(header.Length - 4)) - 4;
        var message = new byte[header.Length + length];
        header.CopyTo(message, 0);
        await from.ReadExactlyAsync(message.AsMemory(header.Length), cancellationToken);
        return message;
    }

    private sealed class Trap(int step, bool forward, Action strike)
    {
        private int _steps;

        public bool Forward => forward;

        public bool HasStruck => Volatile.Read(ref _steps) >= step;

        public bool IsHit() => Interlocked.Increment(ref _steps) == step;

        public void Strike() => strike();
    }
}
