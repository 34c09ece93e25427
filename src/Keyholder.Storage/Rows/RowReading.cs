using System.Data.Common;
using System.Globalization;
using Keyholder.Sessions;

namespace Keyholder.Storage.Rows;

/// <summary>Reads columns in the forms of docs/storage-schema.md, which every backend's driver gives alike.</summary>
internal static class RowReading
{
    public static DateTimeOffset Time(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    /// <summary>A time in a JSON list.</summary>
    public static DateTimeOffset Time(string text) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text, CultureInfo.InvariantCulture));

    public static DateTimeOffset? TimeOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[] Bytes(this DbDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    public static byte[]? BytesOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Bytes(column);

    public static IReadOnlyList<string> List(this DbDataReader row, int column) => JsonText.Read(row.GetString(column));

    public static SessionId SessionId(this DbDataReader row, int column) => Sessions.SessionId.Read(row.Bytes(column));

    /// <summary>A subject in two columns: kind, id.</summary>
    public static Subject Subject(this DbDataReader row, int column) =>
        new(StoredWords.SubjectKind.Read(row.GetString(column)), row.GetString(column + 1));
}
