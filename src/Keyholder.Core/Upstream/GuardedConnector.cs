using System.Net;
using System.Net.Sockets;

namespace Keyholder.Upstream;

/// <summary>Connects only to addresses it has checked itself: the name is resolved once, every address is judged, and the connection goes to one of exactly those.</summary>
internal sealed class GuardedConnector(IHostResolver resolver, Func<IPEndPoint, CancellationToken, ValueTask<Stream>>? dial = null)
{
    private readonly Func<IPEndPoint, CancellationToken, ValueTask<Stream>> _dial = dial ?? DialAsync;

    /// <exception cref="AddressRefusedException">One of the host's addresses is a special-use address: a name that mixes them is not trusted with the others.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host.Host, out var literal)
            ? [literal]
            : await resolver.ResolveAsync(host.Host, cancellationToken);
        if (addresses.Any(SpecialUseAddresses.Contains))
        {
            throw new AddressRefusedException();
        }

        SocketException? last = null;
        foreach (var address in addresses)
        {
            try
            {
                return await _dial(new IPEndPoint(address, host.Port), cancellationToken);
            }
            catch (SocketException e)
            {
                last = e;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private static async ValueTask<Stream> DialAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
