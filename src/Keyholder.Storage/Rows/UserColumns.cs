using System.Data.Common;
using Keyholder.Users;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>users</c> and how to read them.</summary>
internal static class UserColumns
{
    public const string All = "users.id, users.display_name, users.created_at, users.disabled_at, users.administrator";

    /// <summary>Reads <see cref="All"/> from <paramref name="column"/> on.</summary>
    public static User Read(DbDataReader row, int column) =>
        new(row.GetString(column), row.GetString(column + 1), row.Time(column + 2), row.TimeOrNull(column + 3), row.GetBoolean(column + 4));
}
