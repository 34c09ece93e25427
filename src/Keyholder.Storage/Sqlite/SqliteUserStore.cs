using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Users;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteUserStore(SqliteDatabase database) : IUserStore
{
    public Task<UserAddOutcome> AddLocalAsync(LocalUser user, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                if (connection.Any("SELECT 1 FROM local_users WHERE name = $name", ("$name", user.Name)))
                {
                    return UserAddOutcome.NameTaken;
                }

                UserRows.Insert(connection, user.User);
                connection.Execute(
                    "INSERT INTO local_users (name, user_id, password_hash) VALUES ($name, $user_id, $password_hash)",
                    ("$name", user.Name),
                    ("$user_id", user.User.Id),
                    ("$password_hash", user.PasswordHash));
                AuditRows.Append(connection, audit);
                return UserAddOutcome.Added;
            },
            cancellationToken);

    public Task<LocalUser?> FindLocalAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle(
                $"""
                SELECT local_users.name, local_users.password_hash, {UserColumns.All}
                FROM local_users JOIN users ON users.id = local_users.user_id WHERE local_users.name = $name
                """,
                row => new LocalUser(UserColumns.Read(row, 2), row.GetString(0), row.GetString(1)),
                ("$name", name)),
            cancellationToken);

    public Task<bool> SetPasswordAsync(string name, string passwordHash, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var found = connection.Execute(
                    "UPDATE local_users SET password_hash = $password_hash WHERE name = $name",
                    ("$password_hash", passwordHash),
                    ("$name", name)) == 1;
                if (found)
                {
                    connection.Execute(
                        "DELETE FROM browser_sessions WHERE user_id = (SELECT user_id FROM local_users WHERE name = $name)",
                        ("$name", name));
                    AuditRows.Append(connection, audit);
                }

                return found;
            },
            cancellationToken);

    public Task<bool> RehashPasswordAsync(string name, string outdatedHash, string passwordHash, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.Execute(
                "UPDATE local_users SET password_hash = $password_hash WHERE name = $name AND password_hash = $outdated_hash",
                ("$name", name),
                ("$outdated_hash", outdatedHash),
                ("$password_hash", passwordHash)) == 1,
            cancellationToken);

    public Task<User?> FindAsync(string userId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle(
                $"SELECT {UserColumns.All} FROM users WHERE id = $id",
                row => UserColumns.Read(row, 0),
                ("$id", userId)),
            cancellationToken);

    public Task<User> FindOrAddByIdentityAsync(ProviderIdentity identity, User candidate, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => FindByIdentity(connection, identity) ?? Add(connection, identity, candidate, audit), cancellationToken);

    public Task<UserChangeOutcome> SetAdministratorAsync(string userId, bool administrator, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                if (connection.Execute(
                    "UPDATE users SET administrator = $administrator WHERE id = $id AND administrator <> $administrator",
                    ("$id", userId),
                    ("$administrator", administrator)) == 0)
                {
                    return connection.Any("SELECT 1 FROM users WHERE id = $id", ("$id", userId)) ? UserChangeOutcome.Unchanged : UserChangeOutcome.NotFound;
                }

                AuditRows.Append(connection, audit);
                return UserChangeOutcome.Changed;
            },
            cancellationToken);

    public Task<bool> AnyAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.Any("SELECT 1 FROM users LIMIT 1"), cancellationToken);

    private static User? FindByIdentity(PreparedConnection connection, ProviderIdentity identity) => connection.QuerySingle(
        $"""
        SELECT {UserColumns.All} FROM provider_identities JOIN users ON users.id = provider_identities.user_id
        WHERE provider_identities.provider = $provider AND provider_identities.subject = $subject
        """,
        row => UserColumns.Read(row, 0),
        ("$provider", identity.Provider),
        ("$subject", identity.Subject));

    private static User Add(PreparedConnection connection, ProviderIdentity identity, User candidate, AuditEvent audit)
    {
        UserRows.Insert(connection, candidate);
        connection.Execute(
            "INSERT INTO provider_identities (provider, subject, user_id) VALUES ($provider, $subject, $user_id)",
            ("$provider", identity.Provider),
            ("$subject", identity.Subject),
            ("$user_id", candidate.Id));
        AuditRows.Append(connection, audit);
        return candidate;
    }
}
