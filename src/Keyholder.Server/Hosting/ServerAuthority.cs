using Keyholder.OAuth;

namespace Keyholder.Server.Hosting;

/// <summary>The names this server answers to: the issuer's host and port, and for a loopback issuer every loopback name at the same port.</summary>
internal sealed class ServerAuthority
{
    private static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "[::1]"];
    private readonly HashSet<string> _hosts;
    private readonly HashSet<string> _origins;

    public ServerAuthority(Issuer issuer)
    {
        var uri = issuer.Uri;
        string[] names = uri.IsLoopback ? [uri.Host, .. LoopbackNames] : [uri.Host];
        string[] ports = uri.IsDefaultPort ? ["", ":" + uri.Port] : [":" + uri.Port];
        _hosts = new(from name in names from port in ports select name + port, StringComparer.OrdinalIgnoreCase);
        var suffix = uri.IsDefaultPort ? "" : ":" + uri.Port;
        _origins = new(names.Select(name => uri.Scheme + "://" + name + suffix), StringComparer.Ordinal);
    }

    /// <summary>The origins of Keyholder's own pages.</summary>
    public IReadOnlyCollection<string> Origins => _origins;

    /// <summary>Whether a Host header names this server.</summary>
    public bool IsHost(HostString host) => host.HasValue && _hosts.Contains(host.Value);

    /// <summary>Whether an Origin header is one of Keyholder's own pages.</summary>
    public bool IsOrigin(string origin) => _origins.Contains(origin);
}
