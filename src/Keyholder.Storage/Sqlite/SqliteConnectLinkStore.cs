using Keyholder.Authorization.Connect;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteConnectLinkStore(SqliteDatabase database) : IConnectLinkStore
{
    public Task<bool> AddAsync(ConnectLink link, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                connection.Execute("DELETE FROM connect_links WHERE expires_at <= $now", ("$now", now));
                connection.Execute(
                    $"""
                    INSERT INTO connect_links ({ConnectLinkColumns.All})
                    VALUES ($id_hash, $purpose, $subject_kind, $subject_id, $session_id, $client_id, $resource, $providers, $expires_at)
                    ON CONFLICT (id_hash) DO NOTHING
                    """,
                    ("$id_hash", link.IdHash),
                    ("$purpose", StoredWords.AuthorizationPurpose.Write(link.Purpose)),
                    ("$subject_kind", link.Subject?.KindName),
                    ("$subject_id", link.Subject?.Id),
                    ("$session_id", link.Session?.ToArray()),
                    ("$client_id", link.ClientId),
                    ("$resource", link.Resource),
                    ("$providers", JsonText.Write(link.Providers)),
                    ("$expires_at", link.ExpiresAt));
                return !connection.Any("SELECT 1 FROM connect_links WHERE id_hash = $id_hash AND used_at IS NOT NULL", ("$id_hash", link.IdHash));
            },
            cancellationToken);

    public Task<ConnectLink?> FindAsync(byte[] idHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle(
                $"SELECT {ConnectLinkColumns.All} FROM connect_links WHERE id_hash = $id_hash AND expires_at > $now AND used_at IS NULL",
                ConnectLinkColumns.Read,
                ("$id_hash", idHash),
                ("$now", now)),
            cancellationToken);
}
