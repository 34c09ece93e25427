using Keyholder.Audit;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresAuditTrail(PostgresDatabase database) : IAuditTrail
{
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return await database.ReadAsync(
            statements => statements.QueryAsync(
                $"SELECT {AuditColumns.All}, id FROM audit_events WHERE {Where(query)} ORDER BY id DESC LIMIT @limit",
                row => new AuditEntry(row.GetInt64(7), AuditColumns.Read(row)),
                ("before", query.Before ?? long.MaxValue),
                ("action", query.Action),
                ("actor", query.Actor),
                ("target", query.Target),
                ("limit", query.Limit)),
            cancellationToken);
    }

    private static string Where(AuditQuery query) =>
        "id < @before"
        + (query.Target is null ? "" : " AND target = @target")
        + (query.Actor is null ? "" : " AND actor = @actor")
        + (query.Action is null ? "" : " AND action = @action");
}
