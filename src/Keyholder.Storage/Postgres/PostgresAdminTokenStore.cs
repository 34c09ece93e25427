using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Tokens;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresAdminTokenStore(PostgresDatabase database) : IAdminTokenStore
{
    public Task<bool> AddAsync(AdminToken token, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var added = await statements.ExecuteAsync(
                    $"""
                    INSERT INTO admin_tokens ({AdminTokenColumns.All}) VALUES (@id, @name, @secret_hash, @created_at, @revoked_at)
                    ON CONFLICT (name) DO NOTHING
                    """,
                    ("id", token.Id),
                    ("name", token.Name),
                    ("secret_hash", token.SecretHash),
                    ("created_at", token.CreatedAt),
                    ("revoked_at", token.RevokedAt)) == 1;
                if (added)
                {
                    await AuditRows.AppendAsync(statements, audit);
                }

                return added;
            },
            cancellationToken);

    public Task<AdminToken?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync($"SELECT {AdminTokenColumns.All} FROM admin_tokens WHERE id = @id", AdminTokenColumns.Read, ("id", id)),
            cancellationToken);

    public async Task<IReadOnlyList<AdminToken>> ListAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            statements => statements.QueryAsync($"SELECT {AdminTokenColumns.All} FROM admin_tokens ORDER BY name", AdminTokenColumns.Read),
            cancellationToken);

    public Task<bool> RevokeAsync(string name, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var found = await statements.ExecuteAsync(
                    "UPDATE admin_tokens SET revoked_at = @now WHERE name = @name AND revoked_at IS NULL", ("now", now), ("name", name)) == 1;
                if (found)
                {
                    await AuditRows.AppendAsync(statements, audit);
                }

                return found;
            },
            cancellationToken);
}
