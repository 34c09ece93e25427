using System.Net;

namespace Keyholder.Upstream;

/// <summary>Turns a host name into addresses; a seam for the guard's tests.</summary>
public interface IHostResolver
{
    /// <summary>The addresses of a host name that is not itself an address.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name does not resolve.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}
