using System.Net;
using System.Net.Sockets;

namespace Walkthrough.Servers;

/// <summary>Loopback ports nobody listens on.</summary>
public static class FreePort
{
    /// <summary><paramref name="preferred"/> when it is free on both loopback addresses, else any free one.</summary>
    public static int Find(int preferred = 0)
    {
        if (preferred != 0 && TryBind(IPAddress.Loopback, preferred) && TryBind(IPAddress.IPv6Loopback, preferred))
        {
            return preferred;
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool TryBind(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable;
        }
    }
}
