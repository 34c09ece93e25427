using System.Collections;
using System.Text.Json;

namespace Keyholder.Server.Configuration;

/// <summary>What is different between two configurations, key by key, in the order of the file.</summary>
public static class ConfigurationChanges
{
    private static readonly string[] Reloadable = [KeyOf(nameof(KeyholderFile.Providers)), KeyOf(nameof(KeyholderFile.Resources))];
    private static readonly string VirtualKeys = KeyOf(nameof(KeyholderFile.VirtualKeys));

    /// <summary>Every difference.</summary>
    public static IReadOnlyList<ConfigurationChange> Find(KeyholderFile before, KeyholderFile after) =>
        [.. ConfigurationKeys.Of(typeof(KeyholderFile)).SelectMany(section => section.Key == VirtualKeys
            ? VirtualKeyChanges.Find(before.VirtualKeys, after.VirtualKeys)
            : Compare(section.Value.GetValue(before), section.Value.GetValue(after), section.Value.PropertyType, section.Key)
                .Select(change => new ConfigurationChange(change.Path, change.Kind, !Reloadable.Contains(section.Key))))];

    /// <summary>The configuration <paramref name="running"/> with those parts of <paramref name="next"/> that a running server takes over.</summary>
    public static KeyholderFile TakeOver(KeyholderFile running, KeyholderFile next) => running with { Providers = next.Providers, Resources = next.Resources, VirtualKeys = next.VirtualKeys };

    private static IEnumerable<(string Path, ConfigurationChangeKind Kind)> Compare(object? before, object? after, Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (before is null || after is null)
        {
            return before is null && after is null ? [] : [(path, ConfigurationChangeKind.Changed)];
        }

        if (ConfigurationKeys.ValueTypeOf(type) is { } valueType)
        {
            return CompareEntries(Entries(before), Entries(after), valueType, path);
        }

        if (ConfigurationKeys.ItemTypeOf(type) is { } itemType)
        {
            return AreEqual(Items(before), Items(after), itemType) ? [] : [(path, ConfigurationChangeKind.Changed)];
        }

        return IsSection(type)
            ? ConfigurationKeys.Of(type).SelectMany(key => Compare(key.Value.GetValue(before), key.Value.GetValue(after), key.Value.PropertyType, $"{path}.{key.Key}"))
            : Equals(before, after) ? [] : [(path, ConfigurationChangeKind.Changed)];
    }

    private static IEnumerable<(string Path, ConfigurationChangeKind Kind)> CompareEntries(
        Dictionary<string, object?> before, Dictionary<string, object?> after, Type valueType, string path)
    {
        foreach (var (name, value) in before)
        {
            if (!after.TryGetValue(name, out var next))
            {
                yield return ($"{path}.{name}", ConfigurationChangeKind.Removed);
                continue;
            }

            foreach (var change in Compare(value, next, valueType, $"{path}.{name}"))
            {
                yield return change;
            }
        }

        foreach (var name in after.Keys.Where(name => !before.ContainsKey(name)))
        {
            yield return ($"{path}.{name}", ConfigurationChangeKind.Added);
        }
    }

    private static bool AreEqual(List<object?> before, List<object?> after, Type itemType) =>
        before.Count == after.Count && before.Zip(after).All(pair => !Compare(pair.First, pair.Second, itemType, "").Any());

    private static bool IsSection(Type type) => type.IsClass && type != typeof(string);

    private static List<object?> Items(object list) => [.. ((IEnumerable)list).Cast<object?>()];

    private static Dictionary<string, object?> Entries(object dictionary)
    {
        var entries = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in (IDictionary)dictionary)
        {
            entries.Add((string)entry.Key, entry.Value);
        }

        return entries;
    }

    private static string KeyOf(string property) => JsonNamingPolicy.CamelCase.ConvertName(property);
}
