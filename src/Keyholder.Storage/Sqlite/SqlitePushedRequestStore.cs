namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqlitePushedRequestStore(SqliteDatabase database) : IPushedRequestStore
{
    public Task AddAsync(byte[] requestHash, string clientId, string parameters, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                connection.Execute("DELETE FROM pushed_requests WHERE expires_at <= $now", ("$now", now));
                connection.Execute(
                    "INSERT INTO pushed_requests (request_hash, client_id, parameters, expires_at) VALUES ($request_hash, $client_id, $parameters, $expires_at)",
                    ("$request_hash", requestHash),
                    ("$client_id", clientId),
                    ("$parameters", parameters),
                    ("$expires_at", expiresAt));
            },
            cancellationToken);

    public Task<string?> TakeAsync(byte[] requestHash, string clientId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.QuerySingle(
                "DELETE FROM pushed_requests WHERE request_hash = $request_hash AND client_id = $client_id AND expires_at > $now RETURNING parameters",
                row => row.GetString(0),
                ("$request_hash", requestHash),
                ("$client_id", clientId),
                ("$now", now)),
            cancellationToken);
}
