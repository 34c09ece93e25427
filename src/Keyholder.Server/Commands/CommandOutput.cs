using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Keyholder.Server.Commands;

/// <summary>How commands print what the database holds. Text that others chose cannot move the cursor or colour the terminal.</summary>
internal static class CommandOutput
{
    /// <summary>A moment, to the second.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Text of others, cleaned.</summary>
    public static string Text(string? text) =>
        string.IsNullOrEmpty(text) ? "-" : string.Concat(text.Where(c => !char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format));

    /// <summary>Rows in aligned columns below a header.</summary>
    public static async Task WriteTableAsync(this TextWriter output, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.Prepend(header).ToList();
        var widths = header.Select((_, column) => all.Max(row => row[column].Length)).ToList();
        foreach (var row in all)
        {
            await output.WriteLineAsync(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    /// <summary>One JSON document on one line.</summary>
    public static Task WriteJsonAsync<T>(this TextWriter output, T value, JsonTypeInfo<T> type) => output.WriteLineAsync(JsonSerializer.Serialize(value, type));
}
