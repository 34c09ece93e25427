using Keyholder.Audit;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresAuditStore(PostgresDatabase database) : IAuditStore
{
    public Task AppendAsync(AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(statements => AuditRows.AppendAsync(statements, audit), cancellationToken);

    public async Task<IReadOnlyList<AuditEvent>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await database.ReadAsync(
            statements => statements.QueryAsync(
                $"SELECT {AuditColumns.All} FROM audit_events ORDER BY at DESC, id DESC LIMIT @limit",
                AuditColumns.Read,
                ("limit", limit)),
            cancellationToken);
    }
}
