using Keyholder.Sessions;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Reads columns in the forms of docs/storage-schema.md.</summary>
internal static class SqliteColumns
{
    public static DateTimeOffset Time(this SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static string? TextOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[] Bytes(this SqliteDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    public static byte[]? BytesOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.Bytes(column);

    public static IReadOnlyList<string> List(this SqliteDataReader row, int column) => JsonText.Read(row.GetString(column));

    public static SessionId SessionId(this SqliteDataReader row, int column) => Sessions.SessionId.Read(row.Bytes(column));

    /// <summary>A subject in two columns: kind, id.</summary>
    public static Subject Subject(this SqliteDataReader row, int column) =>
        new(StoredWords.SubjectKind.Read(row.GetString(column)), row.GetString(column + 1));
}
