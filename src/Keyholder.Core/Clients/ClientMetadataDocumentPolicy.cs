namespace Keyholder.Clients;

/// <summary>Which client ids are URLs of metadata documents, and from which hosts one is taken (draft-ietf-oauth-client-id-metadata-document section 3).</summary>
public static class ClientMetadataDocumentPolicy
{
    /// <summary>The longest such id, in characters.</summary>
    public const int MaxLength = 2048;

    /// <summary>
    /// Whether <paramref name="clientId"/> is an https URL with a path beyond <c>/</c>, without userinfo, fragment, dot segments or anything two readers could read
    /// differently; with <paramref name="allowLoopback"/> also plain http on this machine.
    /// </summary>
    public static bool IsDocumentUrl(string clientId, bool allowLoopback) =>
        clientId.Length <= MaxLength
        && UriSyntax.TryParse(clientId, out var uri)
        && uri.Host is not null
        && !uri.HasFragment
        && (uri.Scheme == "https" || (allowLoopback && uri.IsLoopback))
        && uri.Rest.Length > 1
        && uri.Rest[0] == '/'
        && uri.Rest[1] != '?';

    /// <summary>Whether a document of that URL may be fetched: its host is in <paramref name="allowedDomains"/>, or the list is empty.</summary>
    public static bool IsAllowed(string documentUrl, IReadOnlyList<string> allowedDomains) =>
        allowedDomains.Count == 0 || (UriSyntax.TryParse(documentUrl, out var uri) && allowedDomains.Any(domain => Covers(domain, uri.Host!)));

    /// <summary>Whether <paramref name="domain"/> can stand in the list: a host name, or one behind <c>*.</c>.</summary>
    public static bool IsDomain(string domain)
    {
        var name = domain.StartsWith("*.", StringComparison.Ordinal) ? domain[2..] : domain;
        return UriSyntax.TryParse("https://" + name, out var uri) && uri.Host == name && uri.Rest.Length == 0;
    }

    private static bool Covers(string domain, string host) => domain.StartsWith("*.", StringComparison.Ordinal)
        ? host.Length > domain.Length - 1 && host.EndsWith(domain[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(domain, StringComparison.OrdinalIgnoreCase);
}
