namespace Keyholder.Upstream.Discovery;

/// <summary>The Bearer challenge of an upstream (RFC 6750 section 3, RFC 9728 section 5.1). Everything in it is the upstream's word and nothing more.</summary>
/// <param name="ResourceMetadata">Where the upstream says its metadata is, if it says so.</param>
/// <param name="Scope">The scopes it asks for, if it says so.</param>
/// <param name="Error">The error code, if there is one.</param>
internal sealed record UpstreamChallenge(string? ResourceMetadata, string? Scope, string? Error)
{
    private const string Scheme = "Bearer";

    /// <summary>The first Bearer challenge among the values of <c>WWW-Authenticate</c> that can be read without doubt; null when there is none.</summary>
    public static UpstreamChallenge? Find(IEnumerable<string> values) => values.Select(Parse).FirstOrDefault(c => c is not null);

    private static UpstreamChallenge? Parse(string value)
    {
        var rest = value.AsSpan().Trim();
        while (!rest.IsEmpty)
        {
            var scheme = Token(ref rest);
            if (scheme.IsEmpty)
            {
                return null;
            }

            if (Parameters(ref rest) is not { } parameters)
            {
                return null;
            }

            if (scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                return new UpstreamChallenge(
                    parameters.GetValueOrDefault("resource_metadata"), parameters.GetValueOrDefault("scope"), parameters.GetValueOrDefault("error"));
            }
        }

        return null;
    }

    // Reads name=value pairs up to the next scheme, which is the first word that no = follows. Null when they cannot be read.
    private static Dictionary<string, string>? Parameters(ref ReadOnlySpan<char> rest)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        rest = rest.TrimStart();
        while (!rest.IsEmpty)
        {
            var ahead = rest;
            var name = Token(ref ahead);
            ahead = ahead.TrimStart();
            if (name.IsEmpty)
            {
                return null;
            }

            if (ahead.IsEmpty || ahead[0] != '=')
            {
                return parameters;
            }

            rest = ahead[1..].TrimStart();
            if (Value(ref rest) is not { } value || !parameters.TryAdd(name.ToString(), value))
            {
                return null;
            }

            rest = rest.TrimStart();
            if (!rest.IsEmpty && rest[0] != ',')
            {
                return null;
            }

            rest = rest.TrimStart(", ");
        }

        return parameters;
    }

    private static string? Value(ref ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] != '"')
        {
            var token = Token(ref rest);
            return token.IsEmpty ? null : token.ToString();
        }

        var text = new System.Text.StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                return text.ToString();
            }

            if (rest[i] == '\\' && ++i == rest.Length)
            {
                return null;
            }

            text.Append(rest[i]);
        }

        return null;
    }

    private static ReadOnlySpan<char> Token(ref ReadOnlySpan<char> rest)
    {
        var length = rest.IndexOfAny(" \t,=\"");
        var token = length < 0 ? rest : rest[..length];
        rest = rest[token.Length..];
        return token;
    }
}
