using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Keyholder.Tests.Testing;

/// <summary>Kestrel's transport over pipes: the whole server without a port.</summary>
internal sealed class MemoryTransport : IConnectionListenerFactory
{
    private readonly Channel<ConnectionContext> _accepts = Channel.CreateUnbounded<ConnectionContext>();

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(endpoint, _accepts));

    /// <summary>Opens a connection that the server sees coming from <paramref name="remote"/>.</summary>
    public Stream Connect(IPAddress remote)
    {
        var toServer = new Pipe();
        var toClient = new Pipe();
        var connection = new Connection(Guid.CreateVersion7().ToString(), new Duplex(toServer.Reader, toClient.Writer), new Duplex(toClient.Reader, toServer.Writer))
        {
            RemoteEndPoint = new IPEndPoint(remote, 40000),
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 7717),
        };
        return _accepts.Writer.TryWrite(connection)
            ? new DuplexPipeStream(toClient.Reader, toServer.Writer, connection.Abort, connection.ConnectionClosed)
            : throw new IOException("The server does not listen any more.");
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Says on both sides when it is aborted or closed, as a socket does.</summary>
    private sealed class Connection : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed = new();

        public Connection(string id, IDuplexPipe transport, IDuplexPipe application)
            : base(id, transport, application)
        {
            ConnectionClosed = _closed.Token;
        }

        public override void Abort() => _closed.CancelAsync();

        public override void Abort(ConnectionAbortedException abortReason) => Abort();

        public override async ValueTask DisposeAsync()
        {
            await Transport.Input.CompleteAsync();
            await Transport.Output.CompleteAsync();
            await base.DisposeAsync();
        }
    }

    private sealed class Listener(EndPoint endpoint, Channel<ConnectionContext> accepts) : IConnectionListener
    {
        public EndPoint EndPoint { get; } = endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            return await accepts.Reader.WaitToReadAsync(cancellationToken) && accepts.Reader.TryRead(out var connection) ? connection : null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            accepts.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
