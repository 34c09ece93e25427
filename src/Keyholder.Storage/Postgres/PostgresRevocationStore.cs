using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresRevocationStore(PostgresDatabase database) : IRevocationStore
{
    public Task AppendAsync(RevocationEntry revocation, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await AuditRows.AppendAsync(statements, audit);
                await RevocationRows.AppendAsync(statements, revocation);
            },
            cancellationToken);

    public async Task<IReadOnlyList<(long Sequence, RevocationEntry Revocation)>> ReadAfterAsync(long sequence, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            statements => statements.QueryAsync(
                $"""
                SELECT {RevocationColumns.All} FROM revocations
                WHERE sequence > @sequence AND expires_at > @now ORDER BY sequence
                """,
                RevocationColumns.Read,
                ("sequence", sequence),
                ("now", now)),
            cancellationToken);
}
