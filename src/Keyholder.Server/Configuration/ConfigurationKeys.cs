using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keyholder.Server.Configuration;

/// <summary>How the types of <see cref="KeyholderFile"/> are spelled in the file.</summary>
internal static class ConfigurationKeys
{
    /// <summary>Key → property, in declared order.</summary>
    public static IReadOnlyDictionary<string, PropertyInfo> Of(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite)
            .ToDictionary(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name), StringComparer.Ordinal);

    /// <summary>Spelling → enum value, in declared order.</summary>
    public static IReadOnlyDictionary<string, object> EnumNames(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).ToDictionary(
            f => f.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(f.Name),
            f => f.GetValue(null)!,
            StringComparer.Ordinal);

    /// <summary>The type of the entries when <paramref name="type"/> maps names to something; else null.</summary>
    public static Type? ValueTypeOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GetGenericArguments()[1] : null;

    /// <summary>The type of the items when <paramref name="type"/> is a list; else null.</summary>
    public static Type? ItemTypeOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>The known key a person most likely meant: the same but for case, or at most two edits away.</summary>
    public static string? Nearest(string key, IEnumerable<string> known) =>
        known.Select(k => (Key: k, Distance: Distance(key.ToUpperInvariant(), k.ToUpperInvariant())))
            .Where(k => k.Distance <= 2 && k.Distance < k.Key.Length)
            .OrderBy(k => k.Distance)
            .Select(k => k.Key)
            .FirstOrDefault();

    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(change, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[b.Length];
    }
}
