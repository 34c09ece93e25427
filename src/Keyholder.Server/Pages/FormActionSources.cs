using System.Buffers;
using Keyholder.Resources;

namespace Keyholder.Server.Pages;

/// <summary>
/// The CSP <c>form-action</c> sources a page needs besides <c>'self'</c>: browsers hold the redirects that follow a form against them, up to the client's redirect URI and, where a key is
/// still missing, the providers' authorization endpoints.
/// </summary>
internal static class FormActionSources
{
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>The sources, each safe to stand in a header.</summary>
    public static IReadOnlyList<string> For(string redirectUri, IEnumerable<Provider> providers)
    {
        string?[] sources = [Source(redirectUri), .. providers.SelectMany(p => new[] { Source(p.AuthorizationEndpoint?.OriginalString), Source(p.Issuer) })];
        return [.. sources.OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The origin; only the scheme where CSP cannot name the host (IPv6) or there is none (private-use schemes).</summary>
    private static string? Source(string? url)
    {
        if (url is null || !Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            return null;
        }

        var host = uri.IdnHost.ToLowerInvariant();
        var nameable = uri.Scheme is "https" or "http" && host.Length > 0 && !host.AsSpan().ContainsAnyExcept(HostCharacters);
        return !nameable ? uri.Scheme + ":" : $"{uri.Scheme}://{host}{(uri.IsDefaultPort ? "" : ":" + uri.Port)}";
    }
}
