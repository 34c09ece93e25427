using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Keyholder.Users;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresBrowserSessionStore(PostgresDatabase database) : IBrowserSessionStore
{
    public Task AddAsync(BrowserSession session, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync(
                    "INSERT INTO browser_sessions (secret_hash, user_id, authenticated_at, expires_at) VALUES (@secret_hash, @user_id, @authenticated_at, @expires_at)",
                    ("secret_hash", session.SecretHash),
                    ("user_id", session.UserId),
                    ("authenticated_at", session.AuthenticatedAt),
                    ("expires_at", session.ExpiresAt));
                await AuditRows.AppendAsync(statements, audit);
                return true;
            },
            cancellationToken);

    public async Task<(BrowserSession Session, User User)?> FindAsync(byte[] secretHash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            statements => statements.QueryAsync(
                $"""
                SELECT {BrowserSessionColumns.AllWithUser}
                FROM browser_sessions JOIN users ON users.id = browser_sessions.user_id
                WHERE browser_sessions.secret_hash = @secret_hash AND browser_sessions.expires_at > @now AND users.disabled_at IS NULL
                """,
                BrowserSessionColumns.ReadWithUser,
                ("secret_hash", secretHash),
                ("now", now)),
            cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }

    public Task DeleteAsync(byte[] secretHash, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                if (await statements.QuerySingleAsync(
                    "DELETE FROM browser_sessions WHERE secret_hash = @secret_hash RETURNING user_id", row => row.GetString(0), ("secret_hash", secretHash)) is { } user)
                {
                    await AuditRows.AppendAsync(statements, audit with { Actor = Subject.User(user).ToString() });
                }

                return true;
            },
            cancellationToken);
}
