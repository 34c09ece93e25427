namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresPushedRequestStore(PostgresDatabase database) : IPushedRequestStore
{
    public Task AddAsync(byte[] requestHash, string clientId, string parameters, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync(
                    "INSERT INTO pushed_requests (request_hash, client_id, parameters, expires_at) VALUES (@request_hash, @client_id, @parameters, @expires_at)",
                    ("request_hash", requestHash),
                    ("client_id", clientId),
                    ("parameters", parameters),
                    ("expires_at", expiresAt));

                // Rows another node is at are left to it, so that nobody waits.
                await statements.ExecuteAsync(
                    """
                    DELETE FROM pushed_requests WHERE request_hash IN (
                      SELECT request_hash FROM pushed_requests WHERE expires_at <= @now FOR UPDATE SKIP LOCKED)
                    """,
                    ("now", now));
            },
            cancellationToken);

    public Task<string?> TakeAsync(byte[] requestHash, string clientId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            statements => statements.QuerySingleAsync(
                "DELETE FROM pushed_requests WHERE request_hash = @request_hash AND client_id = @client_id AND expires_at > @now RETURNING parameters",
                row => row.GetString(0),
                ("request_hash", requestHash),
                ("client_id", clientId),
                ("now", now)),
            cancellationToken);
}
