namespace Keyholder.Resources;

/// <summary>What a configured URL has to look like.</summary>
public static class UrlRules
{
    /// <summary>Reads an absolute http(s) URL without user information and fragment; null with a problem for anything else.</summary>
    public static Uri? Parse(string? text, string path, ConfigurationProblems problems)
    {
        if (string.IsNullOrEmpty(text))
        {
            problems.Add(path, "is missing");
        }
        else if (text.AsSpan().ContainsAnyExceptInRange('!', '~')
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
            || uri.Host.Length == 0)
        {
            problems.Add(path, "is not an absolute http or https URL");
        }
        else if (uri.UserInfo.Length > 0 || text.Contains('#', StringComparison.Ordinal))
        {
            problems.Add(path, "has user information or a fragment, which a URL must not have here");
        }
        else
        {
            return uri;
        }

        return null;
    }

    /// <summary>As <see cref="Parse"/>, and plain http only on this machine.</summary>
    public static Uri? ParseSecure(string? text, string path, ConfigurationProblems problems)
    {
        var uri = Parse(text, path, problems);
        if (uri is { IsLoopback: false } && uri.Scheme == Uri.UriSchemeHttp)
        {
            problems.Add(path, "is plain http on another machine; use https");
            return null;
        }

        return uri;
    }
}
