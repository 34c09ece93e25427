namespace Keyholder.Clients;

/// <summary>
/// Which redirect URIs may be registered, and which one an authorization request may name (OAuth 2.1 sections 2.3 and 4.1.1, RFC 8252 sections 7 and 8.4). A URI is text here:
/// it is compared byte for byte and never normalised, because the browser that follows it, the log that records it and this check have to mean the same place.
/// </summary>
public static class RedirectUriPolicy
{
    /// <summary>The most redirect URIs a client may have.</summary>
    public const int MaxCount = 10;

    /// <summary>The longest redirect URI, in characters.</summary>
    public const int MaxLength = 2048;

    /// <summary>Schemes without a dot that MCP hosts are known to register; every other private-use scheme has to be a reverse domain name (RFC 8252 section 7.1).</summary>
    private static readonly HashSet<string> KnownAppSchemes = new(StringComparer.Ordinal)
    {
        "cursor", "vscode", "vscode-insiders", "windsurf",
    };

    /// <summary>Why <paramref name="uri"/> cannot be registered, as ASCII text that is safe to show and does not repeat it; null when it can.</summary>
    /// <param name="uri">The redirect URI as the client sent it.</param>
    /// <param name="allowPrivateUseSchemes"><see cref="ClientRegistrationOptions.AllowPrivateUseSchemes"/>.</param>
    public static string? Refusal(string uri, bool allowPrivateUseSchemes)
    {
        if (uri.Length > MaxLength)
        {
            return "A redirect URI is longer than 2048 characters.";
        }

        if (!UriSyntax.TryParse(uri, out var parts))
        {
            return "A redirect URI is not a plain absolute URI.";
        }

        if (parts.HasFragment)
        {
            return "A redirect URI has a fragment.";
        }

        return parts.Scheme switch
        {
            "https" when parts.Host is not null => null,
            "http" when parts.IsLoopback => null,
            "http" => "A redirect URI uses http and is not on localhost, 127.0.0.1 or [::1].",
            _ when !IsPrivateUse(parts.Scheme) => "A redirect URI uses a scheme that is not allowed.",
            _ => allowPrivateUseSchemes ? null : "Private-use schemes are not allowed in redirect URIs here.",
        };
    }

    /// <summary>
    /// Whether an authorization request of <paramref name="client"/> may name <paramref name="requested"/>: one of the registered URIs exactly, or for a public client
    /// a registered loopback URI with another port. The loopback hosts are not interchangeable, and path and query have to be the same bytes.
    /// </summary>
    public static bool IsRegistered(Client client, string requested)
    {
        foreach (var registered in client.RedirectUris)
        {
            if (Matches(registered, requested, client.IsPublic))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether <paramref name="requested"/> is <paramref name="registered"/>, up to the port of a loopback URI where <paramref name="anyLoopbackPort"/>.</summary>
    public static bool Matches(string registered, string requested, bool anyLoopbackPort) =>
        string.Equals(registered, requested, StringComparison.Ordinal)
        || (anyLoopbackPort
            && requested.Length <= MaxLength
            && UriSyntax.TryParse(registered, out var ours) && ours.IsLoopback
            && UriSyntax.TryParse(requested, out var theirs) && theirs.IsLoopback
            && string.Equals(ours.Host, theirs.Host, StringComparison.Ordinal)
            && string.Equals(ours.Rest, theirs.Rest, StringComparison.Ordinal));

    /// <summary>Whether <paramref name="uri"/> leads back to the person's own machine, where any program can be listening.</summary>
    public static bool IsLoopback(string uri) => UriSyntax.TryParse(uri, out var parts) && parts.IsLoopback;

    /// <summary>Whether an app on the person's own machine answers: a loopback URI or a private-use scheme.</summary>
    public static bool IsNative(string uri) => UriSyntax.TryParse(uri, out var parts) && (parts.IsLoopback || IsPrivateUse(parts.Scheme));

    /// <summary>
    /// Where an answer to <paramref name="uri"/> goes, for the consent page and as the key under which consent is remembered: the host in lower case, with its port unless
    /// it is a loopback host, whose port changes with every start; for a private-use scheme <c>scheme://host</c>, or <c>scheme:</c> without a host.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="uri"/> could never have been registered.</exception>
    public static string RedirectHost(string uri)
    {
        if (!UriSyntax.TryParse(uri, out var parts))
        {
            throw new ArgumentException("Not a redirect URI that was checked at registration.", nameof(uri));
        }

        var host = parts.Host?.ToLowerInvariant();
        var authority = parts.Port is null || parts.IsLoopback ? host : $"{host}:{parts.Port}";
        return parts.Scheme is "https" or "http" ? authority! : authority is null ? $"{parts.Scheme}:" : $"{parts.Scheme}://{authority}";
    }

    private static bool IsPrivateUse(string scheme) =>
        KnownAppSchemes.Contains(scheme) || (scheme.Contains('.', StringComparison.Ordinal) && scheme.Split('.').All(label => label.Length > 0));
}
