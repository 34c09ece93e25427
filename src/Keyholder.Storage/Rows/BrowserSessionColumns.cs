using System.Data.Common;
using Keyholder.Users;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>browser_sessions</c>, with those of its user, and how to read them.</summary>
internal static class BrowserSessionColumns
{
    public const string AllWithUser =
        $"browser_sessions.secret_hash, browser_sessions.user_id, browser_sessions.authenticated_at, browser_sessions.expires_at, {UserColumns.All}";

    public static (BrowserSession Session, User User) ReadWithUser(DbDataReader row) =>
        (new BrowserSession(row.Bytes(0), row.GetString(1), row.Time(2), row.Time(3)), UserColumns.Read(row, 4));
}
