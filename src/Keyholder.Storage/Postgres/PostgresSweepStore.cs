namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresSweepStore(PostgresDatabase database) : ISweepStore
{
    public async Task<(int Found, int Deleted)> DeleteAsync(SweepTarget target, DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var rows = SweepRows.Of(target);
        var deleted = await database.WriteAsync(
            async statements =>
            {
                if (target is SweepTarget.UnusedClients or SweepTarget.ExpiredClients)
                {
                    await statements.LockAsync(PostgresLocks.Clients);
                }

                if (target == SweepTarget.SessionCredentials)
                {
                    return await CredentialRelease.OfSweptAsync(statements, rows, before, limit, now);
                }

                // A row that somebody holds is in use: passing over it also means that a sweep waits for no row, in whatever order it takes them.
                return await statements.ExecuteAsync(
                    $"""
                    WITH old AS MATERIALIZED ({rows.Select} FOR UPDATE SKIP LOCKED)
                    DELETE FROM {rows.Table} USING old WHERE {rows.Table}.{rows.Key} = old.{rows.Key}
                    """,
                    ("before", before),
                    ("limit", limit));
            },
            cancellationToken);
        return (deleted, deleted);
    }
}
