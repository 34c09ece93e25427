using System.Text.Json;

namespace Keyholder.Storage;

/// <summary>When keys were used, as the JSON object statements take it: key id → milliseconds.</summary>
internal static class VirtualKeyTimes
{
    public static string Write(IReadOnlyDictionary<string, DateTimeOffset> uses)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (id, at) in uses)
            {
                json.WriteNumber(id, at.ToUnixTimeMilliseconds());
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
