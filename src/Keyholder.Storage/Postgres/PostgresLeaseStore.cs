namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresLeaseStore(PostgresDatabase database) : ILeaseStore
{
    public async Task<Lease?> AcquireAsync(string name, string holder, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expiresAt, now);
        return await database.WriteAsync(
            statements => statements.QuerySingleAsync(
                """
                INSERT INTO leases (name, holder, fencing, expires_at) VALUES (@name, @holder, 1, @expires_at)
                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, fencing = leases.fencing + 1, expires_at = excluded.expires_at
                WHERE leases.expires_at <= @now
                RETURNING fencing
                """,
                row => new Lease(name, holder, row.GetInt64(0), expiresAt),
                ("name", name),
                ("holder", holder),
                ("expires_at", expiresAt),
                ("now", now)),
            cancellationToken);
    }

    public async Task<Lease?> RenewAsync(Lease lease, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expiresAt, now);
        var renewed = await database.WriteAsync(
            statements => statements.ExecuteAsync(
                "UPDATE leases SET expires_at = @expires_at WHERE name = @name AND holder = @holder AND fencing = @fencing AND expires_at > @now",
                ("expires_at", expiresAt),
                ("name", lease.Name),
                ("holder", lease.Holder),
                ("fencing", lease.Fencing),
                ("now", now)),
            cancellationToken);
        return renewed == 1 ? lease with { ExpiresAt = expiresAt } : null;
    }

    // The row stays: its number must never be given out again.
    public Task ReleaseAsync(Lease lease, CancellationToken cancellationToken) =>
        database.WriteAsync(
            statements => statements.ExecuteAsync(
                "UPDATE leases SET expires_at = 0 WHERE name = @name AND holder = @holder AND fencing = @fencing",
                ("name", lease.Name),
                ("holder", lease.Holder),
                ("fencing", lease.Fencing)),
            cancellationToken);
}
