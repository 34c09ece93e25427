namespace Keyholder.OAuth;

/// <summary>The parameters of one OAuth request: each at most once (RFC 6749 section 3.1), empty ones as if absent, unknown ones kept but ignored.</summary>
public sealed class OAuthParameters
{
    private const int UsualCount = 8;

    private readonly Dictionary<string, string?> _values;

    private OAuthParameters(Dictionary<string, string?> values) => _values = values;

    /// <summary>The parameter, or null when absent or empty.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Reads decoded pairs; a repeated name is <c>invalid_request</c>, whether or not it is known. Several <c>resource</c> values (RFC 8707) are refused with <c>invalid_target</c>: a session has one.</summary>
    public static OAuthResult<OAuthParameters> Create(IEnumerable<KeyValuePair<string, string?>> pairs)
    {
        var values = new Dictionary<string, string?>(UsualCount, StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            if (!values.TryAdd(name, string.IsNullOrEmpty(value) ? null : value))
            {
                return name == "resource"
                    ? OAuthErrors.InvalidTarget.Describe("Only one resource can be requested at a time.")
                    : OAuthErrors.InvalidRequest.Describe("A parameter is repeated.");
            }
        }

        return new OAuthParameters(values);
    }

    /// <inheritdoc />
    public override string ToString() => $"{_values.Values.Count(value => value is not null)} parameters";
}
