using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Keyholder.Clients;

/// <summary>
/// The parts of a hierarchical URI (RFC 3986), cut from the text as it stands. Deliberately narrower than <see cref="System.Uri"/> and than browsers: nothing is
/// decoded, repaired or normalised, and whatever two readers could read differently is refused.
/// </summary>
internal readonly record struct UriSyntax
{
    private static readonly SearchValues<char> UriCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#@!$&'()*+,;=%[]");

    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789+-.");

    private UriSyntax(string scheme, string? host, string? port, string rest) =>
        (Scheme, Host, Port, Rest) = (scheme, host, port, rest);

    /// <summary>Lower case, without the colon. A scheme in any other spelling does not parse.</summary>
    public string Scheme { get; }

    /// <summary>As written, IPv6 in brackets; null when there is no <c>//</c>.</summary>
    public string? Host { get; }

    /// <summary>Digits without leading zeros, 1 to 65535; null when absent.</summary>
    public string? Port { get; }

    /// <summary>Path and query, and the fragment if there is one.</summary>
    public string Rest { get; }

    /// <summary>Whether the URI has a fragment, an empty one included.</summary>
    public bool HasFragment => Rest.Contains('#', StringComparison.Ordinal);

    /// <summary>Whether a plain-http URI stays on the machine of the browser (RFC 8252 section 7.3): the three canonical spellings, no other.</summary>
    public bool IsLoopback => Scheme == "http" && Host is "localhost" or "127.0.0.1" or "[::1]";

    /// <summary>
    /// Parses <paramref name="text"/>. False for a character outside RFC 3986 (so for every control, space, backslash and non-ASCII character), a broken or
    /// control-character escape, userinfo, an unusual host or port, a dot segment in any spelling, and a URI that is not hierarchical.
    /// </summary>
    public static bool TryParse(string text, out UriSyntax uri)
    {
        uri = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || text.AsSpan().ContainsAnyExcept(UriCharacters) || !AreEscapesSound(text))
        {
            return false;
        }

        var scheme = text[..colon];
        if (!char.IsAsciiLetterLower(scheme[0]) || scheme.AsSpan().ContainsAnyExcept(SchemeCharacters))
        {
            return false;
        }

        var rest = text[(colon + 1)..];
        string? host = null, port = null;
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            var end = rest.AsSpan(2).IndexOfAny('/', '?', '#');
            var authority = end < 0 ? rest[2..] : rest.Substring(2, end);
            rest = end < 0 ? "" : rest[(2 + end)..];
            if (!TrySplitAuthority(authority, out host, out port))
            {
                return false;
            }
        }
        else if (!rest.StartsWith('/'))
        {
            return false;
        }

        uri = new UriSyntax(scheme, host, port, rest);
        return !rest.AsSpan().ContainsAny('[', ']') && !HasDotSegment(rest);
    }

    private static bool AreEscapesSound(string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return false;
            }

            var value = Convert.FromHexString(text.AsSpan(i + 1, 2))[0];
            if (value is < 0x20 or 0x7F)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TrySplitAuthority(string authority, out string? host, out string? port)
    {
        port = null;
        var hostEnd = authority.StartsWith('[') ? authority.IndexOf(']', StringComparison.Ordinal) + 1 : authority.IndexOf(':', StringComparison.Ordinal);
        host = hostEnd < 0 ? authority : authority[..hostEnd];
        if (host.Length < authority.Length)
        {
            port = authority[(host.Length + 1)..];
            if (authority[host.Length] != ':' || !IsPort(port))
            {
                return false;
            }
        }

        return host.StartsWith('[') ? IsIPv6(host[1..^1]) : IsName(host);
    }

    private static bool IsPort(ReadOnlySpan<char> port) =>
        port.Length is >= 1 and <= 5 && port[0] != '0' && !port.ContainsAnyExceptInRange('0', '9') && int.Parse(port) <= 65535;

    private static bool IsIPv6(string address) =>
        !address.AsSpan().ContainsAny('%', '[', ']') && IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>A DNS name, or IPv4 in its one canonical form: browsers read <c>0x7f.1</c> as an address too.</summary>
    private static bool IsName(string host)
    {
        if (host.Length is 0 or > 253 || host.AsSpan().ContainsAnyExcept(HostCharacters))
        {
            return false;
        }

        var labels = host.Split('.');
        if (labels.Any(label => label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-'))
        {
            return false;
        }

        var last = labels[^1];
        var isNumber = last.All(char.IsAsciiDigit) || last.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return !isNumber || (IPAddress.TryParse(host, out var ip) && ip.ToString() == host);
    }

    private static bool HasDotSegment(string rest)
    {
        var end = rest.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? rest : rest[..end];
        return path
            .Replace("%2e", ".", StringComparison.OrdinalIgnoreCase)
            .Replace("%2f", "/", StringComparison.OrdinalIgnoreCase)
            .Replace("%5c", "/", StringComparison.OrdinalIgnoreCase)
            .Split('/')
            .Any(segment => segment is "." or "..");
    }
}
