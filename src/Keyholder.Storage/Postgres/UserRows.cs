using Keyholder.Users;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>users</c>.</summary>
internal static class UserRows
{
    public static Task InsertAsync(PostgresStatements statements, User user) => statements.ExecuteAsync(
        "INSERT INTO users (id, display_name, created_at, disabled_at, administrator) VALUES (@id, @display_name, @created_at, @disabled_at, @administrator)",
        ("id", user.Id),
        ("display_name", user.DisplayName),
        ("created_at", user.CreatedAt),
        ("disabled_at", user.DisabledAt),
        ("administrator", user.Administrator));
}
