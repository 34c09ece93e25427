using Keyholder.Users;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>users</c>.</summary>
internal static class UserRows
{
    public static void Insert(PreparedConnection connection, User user) => connection.Execute(
        "INSERT INTO users (id, display_name, created_at, disabled_at, administrator) VALUES ($id, $display_name, $created_at, $disabled_at, $administrator)",
        ("$id", user.Id),
        ("$display_name", user.DisplayName),
        ("$created_at", user.CreatedAt),
        ("$disabled_at", user.DisabledAt),
        ("$administrator", user.Administrator));
}
