using Keyholder.Audit;
using Keyholder.Clients;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteClientStore(SqliteDatabase database, RevocationSubscribers subscribers) : IClientStore
{
    public async Task<ClientAddOutcome> AddAsync(Client client, int capacity, DateTimeOffset evictableBefore, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // When full, a refusal looks at every client: a flood of registrations is turned away here, without holding up the writer.
        var (outcome, _) = await database.ReadAsync(connection => Judge(connection, client, capacity, evictableBefore, now), cancellationToken);
        return outcome == ClientAddOutcome.Added
            ? await database.WriteAsync(connection => Add(connection, client, capacity, evictableBefore, now), cancellationToken)
            : outcome;
    }

    public Task<Client?> FindAsync(string clientId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle($"SELECT {ClientColumns.All} FROM clients WHERE id = $id", ClientColumns.Read, ("$id", clientId)),
            cancellationToken);

    public Task RenewAsync(string clientId, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.Execute(
                "UPDATE clients SET expires_at = $expires_at WHERE id = $id AND expires_at < $expires_at",
                ("$id", clientId),
                ("$expires_at", expiresAt)),
            cancellationToken);

    public Task<bool> UpdateAsync(Client client, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var changed = ClientRows.Update(connection, client) > 0;
                if (changed)
                {
                    AuditRows.Append(connection, audit);
                }

                return changed;
            },
            cancellationToken);

    public async Task<bool> DeleteAsync(string clientId, string reason, RevocationEntry revocation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deleted = await database.WriteAsync(
            connection =>
            {
                if (connection.Execute("DELETE FROM clients WHERE id = $id", ("$id", clientId)) == 0)
                {
                    return false;
                }

                connection.Execute(
                    "UPDATE sessions SET revoked_at = $now, revoked_reason = $reason WHERE client_id = $id AND revoked_at IS NULL",
                    ("$id", clientId),
                    ("$now", now),
                    ("$reason", reason));
                CredentialRelease.OfRevokedSessions(connection, now);
                RevocationRows.Append(connection, revocation);
                AuditRows.Append(connection, audit);
                return true;
            },
            cancellationToken);
        if (deleted)
        {
            subscribers.Signal();
        }

        return deleted;
    }

    private static ClientAddOutcome Add(PreparedConnection connection, Client client, int capacity, DateTimeOffset evictableBefore, DateTimeOffset now)
    {
        var (outcome, victims) = Judge(connection, client, capacity, evictableBefore, now);
        if (outcome != ClientAddOutcome.Added)
        {
            return outcome;
        }

        connection.Execute("DELETE FROM clients WHERE expires_at <= $now", ("$now", now));
        foreach (var victim in victims)
        {
            connection.Execute("DELETE FROM clients WHERE id = $id", ("$id", victim));
        }

        ClientRows.Insert(connection, client);
        return ClientAddOutcome.Added;
    }

    private static (ClientAddOutcome Outcome, IReadOnlyList<string> Victims) Judge(PreparedConnection connection, Client client, int capacity, DateTimeOffset evictableBefore, DateTimeOffset now)
    {
        if (connection.Any("SELECT 1 FROM clients WHERE id = $id", ("$id", client.Id)))
        {
            return (ClientAddOutcome.Duplicate, []);
        }

        var excess = connection.Scalar("SELECT count(*) FROM clients WHERE expires_at IS NULL OR expires_at > $now", ("$now", now)) + 1 - capacity;
        if (excess <= 0)
        {
            return (ClientAddOutcome.Added, []);
        }

        var victims = FindEvictable(connection, excess, evictableBefore, now);
        return victims.Count < excess ? (ClientAddOutcome.Full, []) : (ClientAddOutcome.Added, victims);
    }

    private static List<string> FindEvictable(PreparedConnection connection, long count, DateTimeOffset evictableBefore, DateTimeOffset now) => connection.Query(
        """
        SELECT id FROM clients
        WHERE created_at <= $evictable_before AND (expires_at IS NULL OR expires_at > $now)
          AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.client_id = clients.id AND sessions.revoked_at IS NULL)
        ORDER BY created_at, id LIMIT $count
        """,
        row => row.GetString(0),
        ("$evictable_before", evictableBefore),
        ("$now", now),
        ("$count", count));
}
