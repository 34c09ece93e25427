using System.Text.Json;
using System.Text.Json.Nodes;
using Keyholder.Resources;

namespace Keyholder.Server.Configuration;

/// <summary>Lays <c>KEYHOLDER__section__key=value</c> over the file. Case does not matter; lists and objects are JSON.</summary>
internal static class EnvironmentOverrides
{
    public const string Prefix = "KEYHOLDER__";

    /// <summary>Changes <paramref name="file"/>; a variable that fits nowhere is a problem under its own name.</summary>
    public static void Apply(JsonObject file, IReadOnlyDictionary<string, string> environment, ConfigurationProblems problems)
    {
        foreach (var (name, value) in environment.Where(e => e.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)).OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (!TrySet(file, typeof(KeyholderFile), name[Prefix.Length..].Split("__"), value))
            {
                problems.Add(name, "names no key of the configuration, or its value is not of the key's type");
            }
        }
    }

    private static bool TrySet(JsonObject target, Type type, ReadOnlySpan<string> segments, string value)
    {
        var (key, valueType) = Find(target, type, segments[0]);
        if (key.Length == 0)
        {
            return false;
        }

        if (segments.Length == 1)
        {
            if (Parse(value, valueType) is not { } node)
            {
                return false;
            }

            target[key] = node;
            return true;
        }

        if (!IsObject(valueType))
        {
            return false;
        }

        target[key] ??= new JsonObject();
        return target[key] is JsonObject inner && TrySet(inner, valueType, segments[1..], value);
    }

    private static (string Key, Type Type) Find(JsonObject target, Type type, string segment)
    {
        if (ConfigurationKeys.ValueTypeOf(type) is { } valueType)
        {
            var known = target.Select(e => e.Key).FirstOrDefault(k => k.Equals(segment, StringComparison.OrdinalIgnoreCase));
            return (known ?? segment.ToLowerInvariant(), valueType);
        }

        var property = ConfigurationKeys.Of(type).FirstOrDefault(p => p.Key.Equals(segment, StringComparison.OrdinalIgnoreCase));
        return property.Key is null ? ("", type) : (property.Key, Nullable.GetUnderlyingType(property.Value.PropertyType) ?? property.Value.PropertyType);
    }

    private static bool IsObject(Type type) =>
        ConfigurationKeys.ValueTypeOf(type) is not null || (type.IsClass && type != typeof(string));

    private static JsonNode? Parse(string value, Type type)
    {
        if (type == typeof(string) || type.IsEnum || type == typeof(TimeSpan))
        {
            return JsonValue.Create(value);
        }

        try
        {
            return JsonNode.Parse(value, documentOptions: ConfigurationLoader.JsonOptions);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
