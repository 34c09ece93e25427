namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteClientAssertionStore(SqliteDatabase database) : IClientAssertionStore
{
    public Task<bool> TryUseAsync(string clientId, byte[] jtiHash, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                connection.Execute("DELETE FROM client_assertions WHERE expires_at <= $now", ("$now", now));
                return connection.Execute(
                    "INSERT INTO client_assertions (client_id, jti_hash, expires_at) VALUES ($client_id, $jti_hash, $expires_at) ON CONFLICT DO NOTHING",
                    ("$client_id", clientId),
                    ("$jti_hash", jtiHash),
                    ("$expires_at", expiresAt)) > 0;
            },
            cancellationToken);
}
