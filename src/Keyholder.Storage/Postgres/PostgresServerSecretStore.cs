using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresServerSecretStore(PostgresDatabase database) : IServerSecretStore
{
    public Task<byte[]> GetOrAddAsync(string name, byte[] sealedCandidate, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync(
                    "INSERT INTO server_secrets (name, sealed, created_at) VALUES (@name, @sealed, @now) ON CONFLICT (name) DO NOTHING",
                    ("name", name),
                    ("sealed", sealedCandidate),
                    ("now", now));
                return (await statements.QuerySingleAsync("SELECT sealed FROM server_secrets WHERE name = @name", row => row.Bytes(0), ("name", name)))!;
            },
            cancellationToken);

    public async Task<IReadOnlyList<StoredSigningKey>> ListSigningKeysAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            statements => statements.QueryAsync(
                $"SELECT {SigningKeyColumns.All} FROM signing_keys ORDER BY created_at, id",
                SigningKeyColumns.Read),
            cancellationToken);

    public Task<bool> AddSigningKeyAsync(StoredSigningKey key, bool onlyFirst, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                // Else two first ones would not see each other.
                await statements.LockAsync(PostgresLocks.SigningKeys);
                return await statements.ExecuteAsync(
                    $"""
                    INSERT INTO signing_keys ({SigningKeyColumns.All})
                    SELECT @id, @sealed_private_key, @created_at, @signs_from, @retires_at
                    WHERE NOT @only_first OR NOT EXISTS (SELECT 1 FROM signing_keys)
                    ON CONFLICT (id) DO NOTHING
                    """,
                    ("id", key.Id),
                    ("sealed_private_key", key.SealedPrivateKey),
                    ("created_at", key.CreatedAt),
                    ("signs_from", key.SignsFrom),
                    ("retires_at", key.RetiresAt),
                    ("only_first", onlyFirst)) == 1;
            },
            cancellationToken);
}
