using Keyholder.Resources;

namespace Keyholder.Authorization;

/// <summary>Finds the resource an RFC 8707 <c>resource</c> parameter means.</summary>
public static class ResourceIndicator
{
    /// <summary>
    /// The resource whose URI is <paramref name="indicator"/>, exactly or after the two tolerances of the MCP specification (upper case in scheme and host, one trailing slash);
    /// null for anything else, relative and fragment forms included.
    /// </summary>
    public static Resource? Find(ResourceSnapshot snapshot, string indicator) =>
        snapshot.FindByUri(indicator) ?? (Normalize(indicator) is { } normalized ? snapshot.FindByUri(normalized) : null);

    private static string? Normalize(string indicator)
    {
        var scheme = indicator.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
        {
            return null;
        }

        var path = indicator.IndexOf('/', scheme + 3);
        var authorityEnd = path < 0 ? indicator.Length : path;
        var rest = indicator[authorityEnd..];
        return indicator[..authorityEnd].ToLowerInvariant() + (rest.EndsWith('/') ? rest[..^1] : rest);
    }
}
