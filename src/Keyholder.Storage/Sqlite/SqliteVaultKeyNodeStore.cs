using Keyholder.Storage.Rows;
using Keyholder.Vault;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteVaultKeyNodeStore(SqliteDatabase database) : IVaultKeyNodeStore
{
    public async Task<VaultKeyStanding> ReportAsync(VaultKeyReport report, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expiresAt, now);
        return await database.WriteAsync(
            connection =>
            {
                connection.Execute("DELETE FROM vault_key_nodes WHERE expires_at <= $now", ("$now", now));
                var running = List(connection, now);
                var standing = SealingPolicy.Judge(report, [.. running.Where(node => node.Id != report.NodeId)]);
                if (standing.Missing.Count == 0)
                {
                    Put(connection, SealingPolicy.Next(running, report, standing, now), expiresAt);
                }

                return standing;
            },
            cancellationToken);
    }

    public Task LeaveAsync(string nodeId, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => connection.Execute("DELETE FROM vault_key_nodes WHERE node = $node", ("$node", nodeId)), cancellationToken);

    public async Task<IReadOnlyList<VaultKeyNode>> ListAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ReadAsync(connection => List(connection, now), cancellationToken);

    private static List<VaultKeyNode> List(PreparedConnection connection, DateTimeOffset now) => connection.Query(
        $"SELECT {VaultKeyNodeColumns.All} FROM vault_key_nodes WHERE expires_at > $now ORDER BY name, node", VaultKeyNodeColumns.Read, ("$now", now));

    private static void Put(PreparedConnection connection, VaultKeyNode node, DateTimeOffset expiresAt) => connection.Execute(
        $"""
        INSERT INTO vault_key_nodes ({VaultKeyNodeColumns.All}, expires_at) VALUES ($node, $name, $opens, $seals, $changed_at, $expires_at)
        ON CONFLICT (node) DO UPDATE
        SET name = excluded.name, opens = excluded.opens, seals = excluded.seals, changed_at = excluded.changed_at, expires_at = excluded.expires_at
        """,
        ("$node", node.Id),
        ("$name", node.Name),
        ("$opens", JsonText.Write(node.Opens)),
        ("$seals", JsonText.Write(node.Seals)),
        ("$changed_at", node.ChangedAt),
        ("$expires_at", expiresAt));
}
