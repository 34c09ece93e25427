using Keyholder.Audit;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteAuditStore(SqliteDatabase database) : IAuditStore
{
    public Task AppendAsync(AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => AuditRows.Append(connection, audit), cancellationToken);

    public async Task<IReadOnlyList<AuditEvent>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await database.ReadAsync(
            connection => connection.Query(
                $"SELECT {AuditColumns.All} FROM audit_events ORDER BY at DESC, id DESC LIMIT $limit",
                AuditColumns.Read,
                ("$limit", limit)),
            cancellationToken);
    }
}
