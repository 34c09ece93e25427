using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keyholder.Storage;

/// <summary>Lists of strings as JSON text in one column.</summary>
internal static partial class JsonText
{
    public static string Write(IReadOnlyList<string> list) => JsonSerializer.Serialize(list, ListContext.Default.IReadOnlyListString);

    public static string Write(IReadOnlyList<string[]> lists) => JsonSerializer.Serialize(lists, ListContext.Default.IReadOnlyListStringArray);

    public static IReadOnlyList<string[]> ReadLists(string json) =>
        JsonSerializer.Deserialize(json, ListContext.Default.IReadOnlyListStringArray)
        ?? throw new InvalidDataException("The database holds null where a list belongs.");

    public static IReadOnlyList<string> Read(string json) =>
        JsonSerializer.Deserialize(json, ListContext.Default.IReadOnlyListString)
        ?? throw new InvalidDataException("The database holds null where a list belongs.");

    [JsonSerializable(typeof(IReadOnlyList<string>))]
    [JsonSerializable(typeof(IReadOnlyList<string[]>))]
    private sealed partial class ListContext : JsonSerializerContext;
}
