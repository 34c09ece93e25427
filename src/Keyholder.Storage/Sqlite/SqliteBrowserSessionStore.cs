using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Keyholder.Users;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteBrowserSessionStore(SqliteDatabase database) : IBrowserSessionStore
{
    public Task AddAsync(BrowserSession session, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                connection.Execute(
                    "INSERT INTO browser_sessions (secret_hash, user_id, authenticated_at, expires_at) VALUES ($secret_hash, $user_id, $authenticated_at, $expires_at)",
                    ("$secret_hash", session.SecretHash),
                    ("$user_id", session.UserId),
                    ("$authenticated_at", session.AuthenticatedAt),
                    ("$expires_at", session.ExpiresAt));
                AuditRows.Append(connection, audit);
            },
            cancellationToken);

    public async Task<(BrowserSession Session, User User)?> FindAsync(byte[] secretHash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            connection => connection.Query(
                $"""
                SELECT {BrowserSessionColumns.AllWithUser}
                FROM browser_sessions JOIN users ON users.id = browser_sessions.user_id
                WHERE browser_sessions.secret_hash = $secret_hash AND browser_sessions.expires_at > $now AND users.disabled_at IS NULL
                """,
                BrowserSessionColumns.ReadWithUser,
                ("$secret_hash", secretHash),
                ("$now", now)),
            cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    public Task DeleteAsync(byte[] secretHash, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                if (connection.QuerySingle(
                    "DELETE FROM browser_sessions WHERE secret_hash = $secret_hash RETURNING user_id", row => row.GetString(0), ("$secret_hash", secretHash)) is { } user)
                {
                    AuditRows.Append(connection, audit with { Actor = Subject.User(user).ToString() });
                }
            },
            cancellationToken);
}
