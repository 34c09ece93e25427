using System.Net;
using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Server.Configuration;

/// <summary>What the <c>server</c> section has to look like, and what may be reached from other machines.</summary>
internal static class ServerRules
{
    public static IReadOnlyList<ListenAddress> Listen(ServerSection server, ConfigurationProblems problems)
    {
        if (server.Listen.Count == 0)
        {
            problems.Add("server.listen", "is empty");
        }

        var addresses = server.Listen.Select((text, i) => ListenUrl(text, $"server.listen[{i}]", problems)).OfType<ListenAddress>().ToList();
        if (addresses.DistinctBy(a => (a.Host, a.Port)).Count() < addresses.Count)
        {
            problems.Add("server.listen", "holds an address twice");
        }

        return addresses;
    }

    public static Issuer Issuer(ServerSection server, IReadOnlyList<ListenAddress> listen, ConfigurationProblems problems)
    {
        const string Path = "server.publicUrl";
        var unusable = KeyholderConfiguration.Default.Issuer;
        if (server.PublicUrl is null)
        {
            if (listen.Count > 0 && listen[0].IsLoopback)
            {
                return new(OriginOf(new Uri(listen[0].ToString())));
            }

            problems.Add(Path, "is missing; a server other machines can reach needs the https URL they use");
            return unusable;
        }

        if (UrlRules.ParseSecure(server.PublicUrl, Path, problems) is not { } url)
        {
            return unusable;
        }

        if (url.PathAndQuery != "/")
        {
            problems.Add(Path, "must have neither path nor query");
        }

        return new(OriginOf(url));
    }

    public static IReadOnlyList<IPNetwork> TrustedProxies(ServerSection server, ConfigurationProblems problems)
    {
        var networks = new List<IPNetwork>();
        for (var i = 0; i < server.TrustedProxies.Count; i++)
        {
            var text = server.TrustedProxies[i];
            if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(text, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                problems.Add($"server.trustedProxies[{i}]", "is neither an IP address nor a network such as 10.0.0.0/8");
            }
        }

        return networks;
    }

    public static IReadOnlyList<string> AllowedOrigins(ServerSection server, ConfigurationProblems problems)
    {
        for (var i = 0; i < server.AllowedOrigins.Count; i++)
        {
            var (text, path) = (server.AllowedOrigins[i], $"server.allowedOrigins[{i}]");
            if (UrlRules.Parse(text, path, problems) is { } url && OriginOf(url) != text)
            {
                problems.Add(path, "is not an origin: lower-case scheme and host, the port unless it is the scheme's own, nothing after it");
            }
        }

        return server.AllowedOrigins;
    }

    /// <summary>Nothing but TLS, this server's or a trusted proxy's, carries tokens across a network.</summary>
    public static void CheckExposure(ServerSection server, IReadOnlyList<ListenAddress> listen, Issuer issuer, IReadOnlyList<IPNetwork> proxies, ConfigurationProblems problems)
    {
        var exposed = listen.Where(a => !a.IsLoopback).ToList();
        if (exposed.Count > 0 && issuer.Uri.Scheme != Uri.UriSchemeHttps)
        {
            problems.Add("server.publicUrl", "must be https when an address other machines can reach is listened on");
        }

        if (exposed.Exists(a => !a.Secure) && proxies.Count == 0)
        {
            problems.Add("server.trustedProxies", "is empty although plain http is listened on beyond this machine; name the proxy that adds TLS, or listen on https");
        }

        var secure = listen.Any(a => a.Secure);
        if (secure && server.Tls is null)
        {
            problems.Add("server.tls", "is missing; https needs certificateFile and keyFile");
        }

        if (server.Tls is not { } tls)
        {
            return;
        }

        CheckFile(tls.CertificateFile, "server.tls.certificateFile", problems);
        CheckFile(tls.KeyFile, "server.tls.keyFile", problems);
        if (!secure)
        {
            problems.Add("server.tls", "is set but no https address is listened on");
        }
    }

    private static void CheckFile(string file, string path, ConfigurationProblems problems)
    {
        if (file.Length == 0)
        {
            problems.Add(path, "is missing");
        }
        else if (!File.Exists(file))
        {
            problems.Add(path, "names no file");
        }
    }

    private static ListenAddress? ListenUrl(string text, string path, ConfigurationProblems problems)
    {
        // System.Uri knows no "*" host.
        var anyAddress = text.Contains("://*", StringComparison.Ordinal);
        if (UrlRules.Parse(anyAddress ? text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal) : text, path, problems) is not { } url)
        {
            return null;
        }

        var host = anyAddress ? "*" : url.Host.Trim('[', ']');
        if (url.PathAndQuery != "/" || (!anyAddress && host != "localhost" && !IPAddress.TryParse(host, out _)))
        {
            problems.Add(path, "must be http or https, then localhost, an IP address or *, then a port, and nothing else");
            return null;
        }

        return new(url.Scheme == Uri.UriSchemeHttps, host, url.Port);
    }

    private static string OriginOf(Uri url) => url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped).ToLowerInvariant();
}
