namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresClientAssertionStore(PostgresDatabase database) : IClientAssertionStore
{
    public Task<bool> TryUseAsync(string clientId, byte[] jtiHash, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var used = await statements.ExecuteAsync(
                    """
                    INSERT INTO client_assertions (client_id, jti_hash, expires_at) VALUES (@client_id, @jti_hash, @expires_at)
                    ON CONFLICT (client_id, jti_hash) DO UPDATE SET expires_at = excluded.expires_at WHERE client_assertions.expires_at <= @now
                    """,
                    ("client_id", clientId),
                    ("jti_hash", jtiHash),
                    ("expires_at", expiresAt),
                    ("now", now));

                // Rows another node is at are left to it, so that nobody waits.
                await statements.ExecuteAsync(
                    """
                    DELETE FROM client_assertions WHERE (client_id, jti_hash) IN (
                      SELECT client_id, jti_hash FROM client_assertions WHERE expires_at <= @now FOR UPDATE SKIP LOCKED)
                    """,
                    ("now", now));
                return used > 0;
            },
            cancellationToken);
}
