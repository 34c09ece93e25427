using Keyholder.Audit;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteUpstreamRegistrationStore(SqliteDatabase database) : IUpstreamRegistrationStore
{
    public Task<(long Generation, int? Marked)> RecordAsync(
        string provider, byte[] registration, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<(long, int?)>(
            connection =>
            {
                var known = connection.Query(
                    "SELECT registration, generation FROM upstream_registrations WHERE provider = $provider",
                    row => (Registration: (byte[])row.GetValue(0), Generation: row.GetInt64(1)),
                    ("$provider", provider));
                if (known.Count == 1 && known[0].Registration.AsSpan().SequenceEqual(registration))
                {
                    return (known[0].Generation, null);
                }

                connection.Execute(
                    """
                    INSERT INTO upstream_registrations (provider, registration, generation, changed_at) VALUES ($provider, $registration, 1, $now)
                    ON CONFLICT (provider) DO UPDATE SET registration = excluded.registration, generation = upstream_registrations.generation + 1, changed_at = excluded.changed_at
                    """,
                    ("$provider", provider),
                    ("$registration", registration),
                    ("$now", now));
                if (known.Count == 0)
                {
                    return (1, null);
                }

                AuditRows.Append(connection, audit);
                return (known[0].Generation + 1, connection.Execute(
                    """
                    UPDATE credentials
                    SET status = 'needs_reauth', status_reason = $reason, updated_at = $now, refresh_fencing = refresh_fencing + 1, refresh_begun = 0, refresh_until = NULL
                    WHERE provider = $provider AND kind = 'oauth' AND status = 'active'
                    """,
                    ("$provider", provider),
                    ("$reason", reason),
                    ("$now", now)));
            },
            cancellationToken);
}
