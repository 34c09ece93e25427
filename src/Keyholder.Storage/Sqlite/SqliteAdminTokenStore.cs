using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Tokens;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteAdminTokenStore(SqliteDatabase database) : IAdminTokenStore
{
    public Task<bool> AddAsync(AdminToken token, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                if (connection.Any("SELECT 1 FROM admin_tokens WHERE name = $name", ("$name", token.Name)))
                {
                    return false;
                }

                connection.Execute(
                    $"INSERT INTO admin_tokens ({AdminTokenColumns.All}) VALUES ($id, $name, $secret_hash, $created_at, $revoked_at)",
                    ("$id", token.Id),
                    ("$name", token.Name),
                    ("$secret_hash", token.SecretHash),
                    ("$created_at", token.CreatedAt),
                    ("$revoked_at", token.RevokedAt));
                AuditRows.Append(connection, audit);
                return true;
            },
            cancellationToken);

    public Task<AdminToken?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle($"SELECT {AdminTokenColumns.All} FROM admin_tokens WHERE id = $id", AdminTokenColumns.Read, ("$id", id)),
            cancellationToken);

    public async Task<IReadOnlyList<AdminToken>> ListAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(connection => connection.Query($"SELECT {AdminTokenColumns.All} FROM admin_tokens ORDER BY name", AdminTokenColumns.Read), cancellationToken);

    public Task<bool> RevokeAsync(string name, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var found = connection.Execute(
                    "UPDATE admin_tokens SET revoked_at = $now WHERE name = $name AND revoked_at IS NULL", ("$now", now), ("$name", name)) == 1;
                if (found)
                {
                    AuditRows.Append(connection, audit);
                }

                return found;
            },
            cancellationToken);
}
