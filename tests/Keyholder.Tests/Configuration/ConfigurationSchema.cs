using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keyholder.Server.Configuration;

namespace Keyholder.Tests.Configuration;

/// <summary>Makes the JSON schema of the configuration file from the types the server reads it into and their documentation.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Generate()
    {
        var schema = ObjectOf(typeof(KeyholderFile));
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Keyholder configuration");
        schema["properties"]!.AsObject().Insert(0, "$schema", new JsonObject { ["type"] = "string" });
        return schema.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonObject ObjectOf(Type type)
    {
        var defaults = Activator.CreateInstance(type)!;
        var properties = new JsonObject();
        foreach (var (key, property) in ConfigurationKeys.Of(type))
        {
            var schema = SchemaOf(property.PropertyType);
            schema["description"] = DocumentationComments.Of(property);
            AddBounds(schema, property);
            AddDefault(schema, property.GetValue(defaults));
            properties[key] = schema;
        }

        return new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
    }

    private static JsonObject SchemaOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => new() { ["type"] = "string" },
            _ when type == typeof(bool) => new() { ["type"] = "boolean" },
            _ when type == typeof(int) || type == typeof(long) => new() { ["type"] = "integer" },
            _ when type == typeof(TimeSpan) => new() { ["type"] = "string", ["pattern"] = "^[0-9]{1,9}(ms|s|m|h|d)$" },
            _ when type.IsEnum => new() { ["enum"] = new JsonArray([.. ConfigurationKeys.EnumNames(type).Keys.Select(n => (JsonNode)n)]) },
            _ when ConfigurationKeys.ValueTypeOf(type) is { } value => new() { ["type"] = "object", ["additionalProperties"] = SchemaOf(value) },
            _ when ConfigurationKeys.ItemTypeOf(type) is { } item => new() { ["type"] = "array", ["items"] = SchemaOf(item) },
            _ => ObjectOf(type),
        };
    }

    private static void AddBounds(JsonObject schema, PropertyInfo property)
    {
        if (property.GetCustomAttribute<RangeAttribute>() is not { } range)
        {
            return;
        }

        var bounds = Bounds.Of(range);
        if (bounds.Minimum is long minimum)
        {
            schema["minimum"] = minimum;
            schema["maximum"] = (long)bounds.Maximum;
        }
        else
        {
            schema["description"] = $"{schema["description"]} Bounds: {bounds}.";
        }
    }

    private static void AddDefault(JsonObject schema, object? value)
    {
        JsonNode? node = value switch
        {
            bool flag => JsonValue.Create(flag),
            int or long => JsonValue.Create(Convert.ToInt64(value)),
            TimeSpan duration => JsonValue.Create(Duration.Format(duration)),
            string { Length: > 0 } text => JsonValue.Create(text),
            Enum => JsonValue.Create(ConfigurationKeys.EnumNames(value.GetType()).Single(n => n.Value.Equals(value)).Key),
            IReadOnlyList<string> { Count: > 0 } list => new JsonArray([.. list.Select(i => (JsonNode)i)]),
            _ => null,
        };
        if (node is not null)
        {
            schema["default"] = node;
        }
    }
}
