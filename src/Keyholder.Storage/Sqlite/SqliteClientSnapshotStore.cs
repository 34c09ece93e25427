namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteClientSnapshotStore(SqliteDatabase database) : IClientSnapshotStore
{
    public Task PutAsync(string clientId, string document, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.Execute(
                """
                INSERT INTO client_snapshots (client_id, document, taken_at) VALUES ($client_id, $document, $now)
                ON CONFLICT DO UPDATE SET document = excluded.document, taken_at = excluded.taken_at
                """,
                ("$client_id", clientId),
                ("$document", document),
                ("$now", now)),
            cancellationToken);

    public Task<string?> FindAsync(string clientId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle(
                "SELECT document FROM client_snapshots WHERE client_id = $client_id",
                row => row.GetString(0),
                ("$client_id", clientId)),
            cancellationToken);
}
