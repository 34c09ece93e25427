using Keyholder.Resources;

namespace Keyholder.Vault;

/// <summary>Pure rules of header credentials: what is taken of a form, and what of a stored set goes out.</summary>
public static class HeaderSetPolicy
{
    private const int MaxValueLength = 8 * 1024;

    /// <summary>Reads a submission. Names are trimmed and compared without case, undeclared ones are dropped, an empty value counts as none. Control characters, CR, LF and TAB with them, are refused.</summary>
    public static HeaderSetReading Read(IReadOnlyList<DeclaredHeader> declared, IEnumerable<KeyValuePair<string, string>> submitted)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var malformed = new List<string>();
        foreach (var (written, text) in submitted)
        {
            var name = written.Trim().ToLowerInvariant();
            var value = text.Trim(' ');
            if (value.Length == 0 || !declared.Any(d => d.Name == name))
            {
                continue;
            }

            if (!IsValue(value) || !values.TryAdd(name, value))
            {
                malformed.Add(name);
            }
        }

        var missing = Lacking(declared, values).Except(malformed).ToList();
        return new(missing.Count + malformed.Count == 0 ? new HeaderSet { Values = values } : null, missing, [.. malformed.Distinct()]);
    }

    /// <summary>Whether a stored set still has everything that is required.</summary>
    public static bool Suffices(IReadOnlyList<DeclaredHeader> declared, HeaderSet stored) => !Lacking(declared, stored.Values).Any();

    /// <summary>What goes out of a stored set: declared headers only, each with its prefix. A name that is not declared any more is never sent.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Outgoing(IReadOnlyList<DeclaredHeader> declared, HeaderSet stored)
    {
        var headers = new List<KeyValuePair<string, string>>(declared.Count);
        foreach (var header in declared)
        {
            if (stored.Values.TryGetValue(header.Name, out var value))
            {
                headers.Add(new(header.Name, header.Prefix + value));
            }
        }

        return headers;
    }

    private static IEnumerable<string> Lacking(IReadOnlyList<DeclaredHeader> declared, IReadOnlyDictionary<string, string> values) =>
        declared.Where(d => d.Required && !values.ContainsKey(d.Name)).Select(d => d.Name);

    private static bool IsValue(string value) => value.Length <= MaxValueLength && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
