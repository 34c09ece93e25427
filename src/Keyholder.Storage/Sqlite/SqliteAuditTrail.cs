using Keyholder.Audit;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteAuditTrail(SqliteDatabase database) : IAuditTrail
{
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return await database.ReadAsync(
            connection => connection.Query(
                $"SELECT {AuditColumns.All}, id FROM audit_events WHERE {Where(query)} ORDER BY id DESC LIMIT $limit",
                row => new AuditEntry(row.GetInt64(7), AuditColumns.Read(row)),
                ("$before", query.Before ?? long.MaxValue),
                ("$action", query.Action),
                ("$actor", query.Actor),
                ("$target", query.Target),
                ("$limit", query.Limit)),
            cancellationToken);
    }

    // The narrowest filter chooses the index; a leading + keeps the others from being chosen.
    private static string Where(AuditQuery query) =>
        "id < $before"
        + (query.Target is null ? "" : " AND target = $target")
        + (query.Actor is null ? "" : query.Target is null ? " AND actor = $actor" : " AND +actor = $actor")
        + (query.Action is null ? "" : query.Target is null && query.Actor is null ? " AND action = $action" : " AND +action = $action");
}
