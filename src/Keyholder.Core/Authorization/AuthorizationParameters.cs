using System.Text;
using Keyholder.OAuth;

namespace Keyholder.Authorization;

/// <summary>
/// The parameters of an authorization request as they arrived. Unlike <see cref="OAuthParameters"/> a repeated name is remembered, not refused at once: whether it
/// is answered with a page or with a redirect depends on which one it is (RFC 6749 section 4.1.2.1).
/// </summary>
public sealed class AuthorizationParameters
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _repeated = new(StringComparer.Ordinal);

    /// <summary>Reads decoded pairs; empty values count as absent, but not as unrepeated.</summary>
    public AuthorizationParameters(IEnumerable<KeyValuePair<string, string?>> pairs)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            if (!seen.Add(name))
            {
                _repeated.Add(name);
            }
            else if (!string.IsNullOrEmpty(value))
            {
                _values.Add(name, value);
            }
        }
    }

    /// <summary>Whether any parameter, known or not, came more than once.</summary>
    public bool AnyRepeated => _repeated.Count > 0;

    /// <summary>The parameter's first value, or null when absent or empty.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Reads an encoded query (without its question mark); <c>invalid_request</c> when it is malformed.</summary>
    public static OAuthResult<AuthorizationParameters> Parse(string query)
    {
        var pairs = FormUrlEncoding.ParsePairs(Encoding.UTF8.GetBytes(query));
        return pairs.Failed ? pairs.Error : new AuthorizationParameters(pairs.Value);
    }

    /// <summary>Whether the parameter came more than once.</summary>
    public bool IsRepeated(string name) => _repeated.Contains(name);

    /// <inheritdoc />
    public override string ToString() => $"{_values.Count} parameters";
}
