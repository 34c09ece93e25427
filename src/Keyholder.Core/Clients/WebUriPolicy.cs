namespace Keyholder.Clients;

/// <summary>
/// Which URLs about itself a client may show people: <c>client_uri</c>, <c>logo_uri</c>, <c>policy_uri</c>, <c>tos_uri</c> (RFC 7591 section 2). Asked at registration
/// and again before a page links to one, since what is stored may be older than the rule.
/// </summary>
public static class WebUriPolicy
{
    /// <summary>The longest URL, in characters.</summary>
    public const int MaxLength = 2048;

    /// <summary>Whether <paramref name="uri"/> is an http or https URL that reads the same to everyone: no userinfo, no unusual host or character, no dot segments.</summary>
    public static bool IsAcceptable(string? uri) =>
        uri is { Length: <= MaxLength } && UriSyntax.TryParse(uri, out var parts) && parts.Scheme is "https" or "http" && parts.Host is not null;
}
