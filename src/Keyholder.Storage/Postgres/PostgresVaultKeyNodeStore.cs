using Keyholder.Storage.Rows;
using Keyholder.Vault;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresVaultKeyNodeStore(PostgresDatabase database) : IVaultKeyNodeStore
{
    public Task<VaultKeyStanding> ReportAsync(VaultKeyReport report, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expiresAt, now);
        return database.WriteAsync(
            async statements =>
            {
                // Two nodes that report at once have to know of each other.
                await statements.LockAsync(PostgresLocks.VaultKeyNodes);
                await statements.ExecuteAsync("DELETE FROM vault_key_nodes WHERE expires_at <= @now", ("now", now));
                var running = await ListAsync(statements, now);
                var standing = SealingPolicy.Judge(report, [.. running.Where(node => node.Id != report.NodeId)]);
                if (standing.Missing.Count == 0)
                {
                    await PutAsync(statements, SealingPolicy.Next(running, report, standing, now), expiresAt);
                }

                return standing;
            },
            cancellationToken);
    }

    public Task LeaveAsync(string nodeId, CancellationToken cancellationToken) =>
        database.WriteAsync(statements => statements.ExecuteAsync("DELETE FROM vault_key_nodes WHERE node = @node", ("node", nodeId)), cancellationToken);

    public async Task<IReadOnlyList<VaultKeyNode>> ListAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ReadAsync(statements => ListAsync(statements, now), cancellationToken);

    private static Task<List<VaultKeyNode>> ListAsync(PostgresStatements statements, DateTimeOffset now) => statements.QueryAsync(
        $"SELECT {VaultKeyNodeColumns.All} FROM vault_key_nodes WHERE expires_at > @now ORDER BY name, node", VaultKeyNodeColumns.Read, ("now", now));

    private static Task<int> PutAsync(PostgresStatements statements, VaultKeyNode node, DateTimeOffset expiresAt) => statements.ExecuteAsync(
        $"""
        INSERT INTO vault_key_nodes ({VaultKeyNodeColumns.All}, expires_at) VALUES (@node, @name, @opens, @seals, @changed_at, @expires_at)
        ON CONFLICT (node) DO UPDATE
        SET name = excluded.name, opens = excluded.opens, seals = excluded.seals, changed_at = excluded.changed_at, expires_at = excluded.expires_at
        """,
        ("node", node.Id),
        ("name", node.Name),
        ("opens", JsonText.Write(node.Opens)),
        ("seals", JsonText.Write(node.Seals)),
        ("changed_at", node.ChangedAt),
        ("expires_at", expiresAt));
}
