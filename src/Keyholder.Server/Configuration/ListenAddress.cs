using System.Net;

namespace Keyholder.Server.Configuration;

/// <summary>One address to listen on.</summary>
/// <param name="Secure">Whether it speaks TLS.</param>
/// <param name="Host"><c>localhost</c>, an IP address without brackets, or <c>*</c> for every address.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record ListenAddress(bool Secure, string Host, int Port)
{
    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <inheritdoc />
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return $"{(Secure ? "https" : "http")}://{host}:{Port}";
    }
}
