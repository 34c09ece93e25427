using Keyholder.Users;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>users</c>.</summary>
internal static class UserRows
{
    public const string Columns = "users.id, users.display_name, users.created_at, users.disabled_at";

    public static void Insert(PreparedConnection connection, User user) => connection.Execute(
        "INSERT INTO users (id, display_name, created_at, disabled_at) VALUES ($id, $display_name, $created_at, $disabled_at)",
        ("$id", user.Id),
        ("$display_name", user.DisplayName),
        ("$created_at", user.CreatedAt),
        ("$disabled_at", user.DisabledAt));

    /// <summary>Reads <see cref="Columns"/> from <paramref name="column"/> on.</summary>
    public static User Read(SqliteDataReader row, int column) =>
        new(row.GetString(column), row.GetString(column + 1), row.Time(column + 2), row.TimeOrNull(column + 3));
}
