using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteRevocationStore(SqliteDatabase database, RevocationSubscribers subscribers) : IRevocationStore
{
    public async Task AppendAsync(RevocationEntry revocation, AuditEvent audit, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            connection =>
            {
                RevocationRows.Append(connection, revocation);
                AuditRows.Append(connection, audit);
            },
            cancellationToken);
        subscribers.Signal();
    }

    public async Task<IReadOnlyList<(long Sequence, RevocationEntry Revocation)>> ReadAfterAsync(long sequence, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            connection => connection.Query(
                $"""
                SELECT {RevocationColumns.All} FROM revocations
                WHERE sequence > $sequence AND expires_at > $now ORDER BY sequence
                """,
                RevocationColumns.Read,
                ("$sequence", sequence),
                ("$now", now)),
            cancellationToken);
}
