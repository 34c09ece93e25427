using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Upstream;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresUpstreamClientStore(PostgresDatabase database) : IUpstreamClientStore
{
    public Task<StoredUpstreamClient?> FindAsync(string provider, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync(
                $"SELECT {UpstreamClientColumns.All} FROM upstream_clients WHERE provider = @provider", UpstreamClientColumns.Read, ("provider", provider)),
            cancellationToken);

    public Task<UpstreamClientPutOutcome> PutAsync(StoredUpstreamClient client, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                if (await WriteAsync(statements, client) == 0)
                {
                    return UpstreamClientPutOutcome.Conflict;
                }

                if (client.Generation > 1)
                {
                    await statements.ExecuteAsync(
                        "UPDATE credentials SET status = 'needs_reauth', status_reason = @reason, updated_at = @now WHERE provider = @provider AND status = 'active'",
                        ("provider", client.Provider),
                        ("reason", UpstreamClientColumns.ChangedReason),
                        ("now", client.CreatedAt));
                }

                await AuditRows.AppendAsync(statements, audit);
                return UpstreamClientPutOutcome.Stored;
            },
            cancellationToken);

    private static Task<int> WriteAsync(PostgresStatements statements, StoredUpstreamClient client) => statements.ExecuteAsync(
        client.Generation == 1
            ? $"""
              INSERT INTO upstream_clients ({UpstreamClientColumns.All})
              VALUES (@provider, @issuer, @generation, @client_id, @auth_method, @envelope, @secret_expires_at, @created_at)
              ON CONFLICT (provider) DO NOTHING
              """
            : """
              UPDATE upstream_clients
              SET issuer = @issuer, generation = @generation, client_id = @client_id, auth_method = @auth_method, envelope = @envelope,
                  secret_expires_at = @secret_expires_at, created_at = @created_at
              WHERE provider = @provider AND generation = @generation - 1
              """,
        ("provider", client.Provider),
        ("issuer", client.Issuer),
        ("generation", client.Generation),
        ("client_id", client.ClientId),
        ("auth_method", client.AuthMethod),
        ("envelope", client.Envelope),
        ("secret_expires_at", client.SecretExpiresAt),
        ("created_at", client.CreatedAt));
}
