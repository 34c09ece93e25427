using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Users;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresUserStore(PostgresDatabase database) : IUserStore
{
    public Task<UserAddOutcome> AddLocalAsync(LocalUser user, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.LockAsync(PostgresLocks.LocalUserNames, user.Name);
                if (await statements.AnyAsync("SELECT 1 FROM local_users WHERE name = @name", ("name", user.Name)))
                {
                    return UserAddOutcome.NameTaken;
                }

                await UserRows.InsertAsync(statements, user.User);
                await statements.ExecuteAsync(
                    "INSERT INTO local_users (name, user_id, password_hash) VALUES (@name, @user_id, @password_hash)",
                    ("name", user.Name),
                    ("user_id", user.User.Id),
                    ("password_hash", user.PasswordHash));
                await AuditRows.AppendAsync(statements, audit);
                return UserAddOutcome.Added;
            },
            cancellationToken);

    public Task<LocalUser?> FindLocalAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync(
                $"""
                SELECT local_users.name, local_users.password_hash, {UserColumns.All}
                FROM local_users JOIN users ON users.id = local_users.user_id WHERE local_users.name = @name
                """,
                row => new LocalUser(UserColumns.Read(row, 2), row.GetString(0), row.GetString(1)),
                ("name", name)),
            cancellationToken);

    public Task<bool> SetPasswordAsync(string name, string passwordHash, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var found = await statements.ExecuteAsync(
                    "UPDATE local_users SET password_hash = @password_hash WHERE name = @name",
                    ("password_hash", passwordHash),
                    ("name", name)) == 1;
                if (found)
                {
                    await statements.ExecuteAsync(
                        "DELETE FROM browser_sessions WHERE user_id = (SELECT user_id FROM local_users WHERE name = @name)",
                        ("name", name));
                    await AuditRows.AppendAsync(statements, audit);
                }

                return found;
            },
            cancellationToken);

    public Task<bool> RehashPasswordAsync(string name, string outdatedHash, string passwordHash, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements => await statements.ExecuteAsync(
                "UPDATE local_users SET password_hash = @password_hash WHERE name = @name AND password_hash = @outdated_hash",
                ("name", name),
                ("outdated_hash", outdatedHash),
                ("password_hash", passwordHash)) == 1,
            cancellationToken);

    public Task<User?> FindAsync(string userId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync(
                $"SELECT {UserColumns.All} FROM users WHERE id = @id",
                row => UserColumns.Read(row, 0),
                ("id", userId)),
            cancellationToken);

    public Task<User> FindOrAddByIdentityAsync(ProviderIdentity identity, User candidate, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                if (await FindByIdentityAsync(statements, identity) is { } known)
                {
                    return known;
                }

                // Of several first sign-ins all but one wait here, and then find what it added.
                await statements.LockAsync(PostgresLocks.ProviderIdentities, identity.Subject);
                return await FindByIdentityAsync(statements, identity) ?? await AddAsync(statements, identity, candidate, audit);
            },
            cancellationToken);

    public Task<UserChangeOutcome> SetAdministratorAsync(string userId, bool administrator, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                if (await statements.ExecuteAsync(
                    "UPDATE users SET administrator = @administrator WHERE id = @id AND administrator <> @administrator",
                    ("id", userId),
                    ("administrator", administrator)) == 0)
                {
                    return await statements.AnyAsync("SELECT 1 FROM users WHERE id = @id", ("id", userId)) ? UserChangeOutcome.Unchanged : UserChangeOutcome.NotFound;
                }

                await AuditRows.AppendAsync(statements, audit);
                return UserChangeOutcome.Changed;
            },
            cancellationToken);

    public Task<bool> AnyAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(statements => statements.AnyAsync("SELECT 1 FROM users LIMIT 1"), cancellationToken);

    private static Task<User?> FindByIdentityAsync(PostgresStatements statements, ProviderIdentity identity) => statements.QuerySingleAsync(
        $"""
        SELECT {UserColumns.All} FROM provider_identities JOIN users ON users.id = provider_identities.user_id
        WHERE provider_identities.provider = @provider AND provider_identities.subject = @subject
        """,
        row => UserColumns.Read(row, 0),
        ("provider", identity.Provider),
        ("subject", identity.Subject));

    private static async Task<User> AddAsync(PostgresStatements statements, ProviderIdentity identity, User candidate, AuditEvent audit)
    {
        await UserRows.InsertAsync(statements, candidate);
        await statements.ExecuteAsync(
            "INSERT INTO provider_identities (provider, subject, user_id) VALUES (@provider, @subject, @user_id)",
            ("provider", identity.Provider),
            ("subject", identity.Subject),
            ("user_id", candidate.Id));
        await AuditRows.AppendAsync(statements, audit);
        return candidate;
    }
}
