using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keyholder.Resources;

namespace Keyholder.Server.Configuration;

/// <summary>Reads JSON into the types of <see cref="KeyholderFile"/>, strictly: unknown keys, other types and values out of bounds are problems, and all of them are found.</summary>
internal sealed class ConfigurationReader(SecretReferences references, ConfigurationProblems problems)
{
    /// <summary>Reads one object. What is wrong keeps its default.</summary>
    /// <param name="node">The JSON.</param>
    /// <param name="type">A record whose properties are the keys, in camel case.</param>
    /// <param name="path">Where it is; empty for the file itself.</param>
    public object ReadSection(JsonNode? node, Type type, string path)
    {
        var section = Activator.CreateInstance(type)!;
        if (node is not JsonObject json)
        {
            problems.Add(path.Length == 0 ? "$" : path, "must be an object");
            return section;
        }

        var properties = ConfigurationKeys.Of(type);
        foreach (var (key, value) in json)
        {
            var keyPath = path.Length == 0 ? key : $"{path}.{key}";
            if (properties.TryGetValue(key, out var property))
            {
                ReadInto(section, property, value, keyPath);
            }
            else if (path.Length > 0 || key != "$schema")
            {
                var nearest = ConfigurationKeys.Nearest(key, properties.Keys);
                problems.Add(keyPath, nearest is null ? "is not a known key" : $"is not a known key; did you mean {nearest}?");
            }
        }

        return section;
    }

    private void ReadInto(object section, PropertyInfo property, JsonNode? node, string path)
    {
        if (node is null)
        {
            problems.Add(path, "is null; leave it out for the default");
            return;
        }

        var value = ReadValue(node, property.PropertyType, path);
        if (value is null)
        {
            return;
        }

        if (property.GetCustomAttribute<RangeAttribute>() is { } range && Bounds.Of(range) is var bounds && !bounds.Contains(value))
        {
            problems.Add(path, $"must be {bounds}");
            return;
        }

        property.SetValue(section, value);
    }

    private object? ReadValue(JsonNode? node, Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return node switch
        {
            _ when type == typeof(string) => Text(node) is { } text ? references.Resolve(text, path) : Wrong(path, "a string"),
            _ when type == typeof(bool) => node is JsonValue v && v.TryGetValue<bool>(out var flag) ? flag : Wrong(path, "true or false"),
            _ when type == typeof(int) => node is JsonValue v && v.TryGetValue<int>(out var number) ? number : Wrong(path, "a whole number"),
            _ when type == typeof(long) => node is JsonValue v && v.TryGetValue<long>(out var number) ? number : Wrong(path, "a whole number"),
            _ when type == typeof(TimeSpan) => (Text(node) is { } text ? Duration.Parse(text) : null) ?? Wrong(path, "a duration such as \"30s\", \"10m\", \"12h\" or \"30d\""),
            _ when type.IsEnum => ReadEnum(node, type, path),
            _ when ConfigurationKeys.ValueTypeOf(type) is { } valueType => ReadDictionary(node, valueType, path),
            _ when ConfigurationKeys.ItemTypeOf(type) is { } itemType => ReadList(node, itemType, path),
            _ => ReadSection(node, type, path),
        };
    }

    private object? ReadEnum(JsonNode? node, Type type, string path)
    {
        var names = ConfigurationKeys.EnumNames(type);
        return Text(node) is { } text && names.TryGetValue(text, out var value) ? value : Wrong(path, "one of " + string.Join(", ", names.Keys));
    }

    private object? ReadList(JsonNode? node, Type itemType, string path)
    {
        if (node is not JsonArray array)
        {
            return Wrong(path, itemType == typeof(string) ? "a list of strings" : "a list of objects");
        }

        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(itemType))!;
        for (var i = 0; i < array.Count; i++)
        {
            if (ReadValue(array[i], itemType, $"{path}[{i}]") is { } item)
            {
                items.Add(item);
            }
        }

        return items;
    }

    private object? ReadDictionary(JsonNode? node, Type valueType, string path)
    {
        if (node is not JsonObject json)
        {
            return Wrong(path, "an object");
        }

        var entries = (IDictionary)Activator.CreateInstance(typeof(OrderedDictionary<,>).MakeGenericType(typeof(string), valueType))!;
        foreach (var (name, value) in json)
        {
            if (ReadValue(value, valueType, $"{path}.{name}") is { } entry)
            {
                entries.Add(name, entry);
            }
        }

        return entries;
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private object? Wrong(string path, string expected)
    {
        problems.Add(path, $"must be {expected}");
        return null;
    }
}
