using Keyholder.Audit;
using Keyholder.Revocation;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteRevocationStore(SqliteDatabase database) : IRevocationStore
{
    public Task AppendAsync(RevocationEntry revocation, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                RevocationRows.Append(connection, revocation);
                AuditRows.Append(connection, audit);
            },
            cancellationToken);

    public async Task<IReadOnlyList<(long Sequence, RevocationEntry Revocation)>> ReadAfterAsync(long sequence, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            connection => connection.Query(
                """
                SELECT sequence, target_kind, target_value, cut_off, expires_at, reason FROM revocations
                WHERE sequence > $sequence AND expires_at > $now ORDER BY sequence
                """,
                RevocationRows.Read,
                ("$sequence", sequence),
                ("$now", now)),
            cancellationToken);
}
