using Keyholder.Audit;
using Keyholder.Clients;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresClientStore(PostgresDatabase database) : IClientStore
{
    public async Task<ClientAddOutcome> AddAsync(Client client, int capacity, DateTimeOffset evictableBefore, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // When full, a refusal looks at every client: a flood of registrations is turned away here, without holding up the others.
        var (outcome, _) = await database.ReadAsync(statements => JudgeAsync(statements, client, capacity, evictableBefore, now), cancellationToken);
        return outcome == ClientAddOutcome.Added
            ? await database.WriteAsync(statements => AddAsync(statements, client, capacity, evictableBefore, now), cancellationToken)
            : outcome;
    }

    public Task<Client?> FindAsync(string clientId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync($"SELECT {ClientColumns.All} FROM clients WHERE id = @id", ClientColumns.Read, ("id", clientId)),
            cancellationToken);

    public Task RenewAsync(string clientId, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        database.WriteAsync(
            statements => statements.ExecuteAsync(
                "UPDATE clients SET expires_at = @expires_at WHERE id = @id AND expires_at < @expires_at",
                ("id", clientId),
                ("expires_at", expiresAt)),
            cancellationToken);

    public Task<bool> UpdateAsync(Client client, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var changed = await ClientRows.UpdateAsync(statements, client) > 0;
                if (changed)
                {
                    await AuditRows.AppendAsync(statements, audit);
                }

                return changed;
            },
            cancellationToken);

    public Task<bool> DeleteAsync(string clientId, string reason, RevocationEntry revocation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                if (await statements.ExecuteAsync("DELETE FROM clients WHERE id = @id", ("id", clientId)) == 0)
                {
                    return false;
                }

                // In id order first, as group commits take rows, so that neither waits for the other in a circle.
                await statements.AnyAsync(
                    "SELECT count(*) FROM (SELECT 1 FROM sessions WHERE client_id = @id AND revoked_at IS NULL ORDER BY id FOR UPDATE) AS locked", ("id", clientId));
                await statements.ExecuteAsync(
                    "UPDATE sessions SET revoked_at = @now, revoked_reason = @reason WHERE client_id = @id AND revoked_at IS NULL",
                    ("id", clientId),
                    ("now", now),
                    ("reason", reason));
                await CredentialRelease.OfRevokedSessionsAsync(statements, now);
                await AuditRows.AppendAsync(statements, audit);
                await RevocationRows.AppendAsync(statements, revocation);
                return true;
            },
            cancellationToken);

    private static async Task<ClientAddOutcome> AddAsync(PostgresStatements statements, Client client, int capacity, DateTimeOffset evictableBefore, DateTimeOffset now)
    {
        await statements.LockAsync(PostgresLocks.Clients);
        var (outcome, victims) = await JudgeAsync(statements, client, capacity, evictableBefore, now);
        if (outcome != ClientAddOutcome.Added)
        {
            return outcome;
        }

        await statements.ExecuteAsync("DELETE FROM clients WHERE expires_at <= @now", ("now", now));
        foreach (var victim in victims)
        {
            await statements.ExecuteAsync("DELETE FROM clients WHERE id = @id", ("id", victim));
        }

        await ClientRows.InsertAsync(statements, client);
        return ClientAddOutcome.Added;
    }

    private static async Task<(ClientAddOutcome Outcome, IReadOnlyList<string> Victims)> JudgeAsync(PostgresStatements statements, Client client, int capacity, DateTimeOffset evictableBefore, DateTimeOffset now)
    {
        if (await statements.AnyAsync("SELECT 1 FROM clients WHERE id = @id", ("id", client.Id)))
        {
            return (ClientAddOutcome.Duplicate, []);
        }

        var excess = await statements.ScalarAsync("SELECT count(*) FROM clients WHERE expires_at IS NULL OR expires_at > @now", ("now", now)) + 1 - capacity;
        if (excess <= 0)
        {
            return (ClientAddOutcome.Added, []);
        }

        var victims = await FindEvictableAsync(statements, excess, evictableBefore, now);
        return victims.Count < excess ? (ClientAddOutcome.Full, []) : (ClientAddOutcome.Added, victims);
    }

    private static Task<List<string>> FindEvictableAsync(PostgresStatements statements, long count, DateTimeOffset evictableBefore, DateTimeOffset now) => statements.QueryAsync(
        """
        SELECT id FROM clients
        WHERE created_at <= @evictable_before AND (expires_at IS NULL OR expires_at > @now)
          AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.client_id = clients.id AND sessions.revoked_at IS NULL)
        ORDER BY created_at, id LIMIT @count
        """,
        row => row.GetString(0),
        ("evictable_before", evictableBefore),
        ("now", now),
        ("count", count));
}
