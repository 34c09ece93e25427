using Keyholder.Audit;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresUpstreamRegistrationStore(PostgresDatabase database) : IUpstreamRegistrationStore
{
    public Task<(long Generation, int? Marked)> RecordAsync(
        string provider, byte[] registration, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<(long, int?)>(
            async statements =>
            {
                // Nodes that start together say the same one after the other: the first that gets the row changes it, the others find it changed.
                if (await statements.ExecuteAsync(
                    """
                    INSERT INTO upstream_registrations (provider, registration, generation, changed_at) VALUES (@provider, @registration, 1, @now)
                    ON CONFLICT (provider) DO NOTHING
                    """,
                    ("provider", provider),
                    ("registration", registration),
                    ("now", now)) == 1)
                {
                    return (1, null);
                }

                var (known, generation) = (await statements.QueryAsync(
                    "SELECT registration, generation FROM upstream_registrations WHERE provider = @provider FOR UPDATE",
                    row => (Registration: row.GetFieldValue<byte[]>(0), Generation: row.GetInt64(1)),
                    ("provider", provider))).Single();
                if (known.AsSpan().SequenceEqual(registration))
                {
                    return (generation, null);
                }

                await statements.ExecuteAsync(
                    "UPDATE upstream_registrations SET registration = @registration, generation = generation + 1, changed_at = @now WHERE provider = @provider",
                    ("provider", provider),
                    ("registration", registration),
                    ("now", now));
                await AuditRows.AppendAsync(statements, audit);
                return (generation + 1, await statements.ExecuteAsync(
                    """
                    UPDATE credentials
                    SET status = 'needs_reauth', status_reason = @reason, updated_at = @now, refresh_fencing = refresh_fencing + 1, refresh_begun = 0, refresh_until = NULL
                    WHERE provider = @provider AND kind = 'oauth' AND status = 'active'
                    """,
                    ("provider", provider),
                    ("reason", reason),
                    ("now", now)));
            },
            cancellationToken);
}
