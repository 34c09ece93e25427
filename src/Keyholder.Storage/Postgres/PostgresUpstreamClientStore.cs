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

    public Task<StoredUpstreamClient?> FindAsync(string provider, string issuer, string clientId, CancellationToken cancellationToken) =>
        NewestAsync("client_id = @value", provider, issuer, clientId, cancellationToken);

    public Task<StoredUpstreamClient?> FindForAsync(string provider, string issuer, string redirectUri, CancellationToken cancellationToken) =>
        NewestAsync("redirect_uri = @value", provider, issuer, redirectUri, cancellationToken);

    public Task<UpstreamClientPutOutcome> PutAsync(StoredUpstreamClient client, bool keepsFormer, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                if (keepsFormer)
                {
                    await KeepFormerAsync(statements, client);
                }

                if (await WriteAsync(statements, client) == 0)
                {
                    return UpstreamClientPutOutcome.Conflict;
                }

                if (client.Generation > 1 && !keepsFormer)
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

    private Task<StoredUpstreamClient?> NewestAsync(string condition, string provider, string issuer, string value, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync(
                $"""
                SELECT {UpstreamClientColumns.All} FROM {UpstreamClientColumns.EveryOne}
                WHERE provider = @provider AND issuer = @issuer AND {condition} ORDER BY generation DESC LIMIT 1
                """,
                UpstreamClientColumns.Read,
                ("provider", provider),
                ("issuer", issuer),
                ("value", value)),
            cancellationToken);

    // Locks the row: whoever comes second finds another generation there, and neither copies nor replaces it.
    private static Task<int> KeepFormerAsync(PostgresStatements statements, StoredUpstreamClient client) => statements.ExecuteAsync(
        $"""
        INSERT INTO former_upstream_clients (id, {UpstreamClientColumns.All}, replaced_at)
        SELECT provider || '/' || generation, {UpstreamClientColumns.All}, @now FROM upstream_clients WHERE provider = @provider AND generation = @generation - 1 FOR UPDATE
        """,
        ("provider", client.Provider),
        ("generation", client.Generation),
        ("now", client.CreatedAt));

    private static Task<int> WriteAsync(PostgresStatements statements, StoredUpstreamClient client) => statements.ExecuteAsync(
        client.Generation == 1
            ? $"""
              INSERT INTO upstream_clients ({UpstreamClientColumns.All})
              VALUES (@provider, @issuer, @generation, @client_id, @auth_method, @envelope, @secret_expires_at, @created_at, @redirect_uri)
              ON CONFLICT (provider) DO NOTHING
              """
            : """
              UPDATE upstream_clients
              SET issuer = @issuer, generation = @generation, client_id = @client_id, auth_method = @auth_method, envelope = @envelope,
                  secret_expires_at = @secret_expires_at, created_at = @created_at, redirect_uri = @redirect_uri
              WHERE provider = @provider AND generation = @generation - 1
              """,
        ("provider", client.Provider),
        ("issuer", client.Issuer),
        ("generation", client.Generation),
        ("client_id", client.ClientId),
        ("auth_method", client.AuthMethod),
        ("envelope", client.Envelope),
        ("secret_expires_at", client.SecretExpiresAt),
        ("created_at", client.CreatedAt),
        ("redirect_uri", client.RedirectUri));
}
