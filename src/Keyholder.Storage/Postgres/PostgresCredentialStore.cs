using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Vault;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresCredentialStore(PostgresDatabase database) : ICredentialStore
{
    private const string KeyIs = "owner_kind = @owner_kind AND owner_id = @owner_id AND provider = @provider";
    private static readonly string Columns = CredentialColumns.With(CredentialRefusalRows.Columns);

    public Task<StoredCredential?> FindAsync(CredentialKey key, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync(
                $"SELECT {Columns} FROM credentials WHERE {KeyIs}",
                CredentialColumns.Read,
                ("owner_kind", key.Owner.KindName),
                ("owner_id", key.Owner.Id),
                ("provider", key.Provider)),
            cancellationToken);

    public async Task<IReadOnlyList<StoredCredential?>> FindAllAsync(IReadOnlyList<CredentialKey> keys, CancellationToken cancellationToken) =>
        CredentialColumns.InOrder(
            keys,
            await database.ReadAsync(
                statements => statements.QueryAsync(
                    $"""
                    SELECT {Columns} FROM credentials
                    WHERE (owner_kind, owner_id, provider) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_array_elements(@keys::jsonb))
                    """,
                    CredentialColumns.Read,
                    ("keys", CredentialColumns.Keys(keys))),
                cancellationToken));

    public async Task<IReadOnlyList<StoredCredential>> ListAsync(CredentialOwner owner, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            statements => statements.QueryAsync(
                $"SELECT {Columns} FROM credentials WHERE owner_kind = @owner_kind AND owner_id = @owner_id ORDER BY provider",
                CredentialColumns.Read,
                ("owner_kind", owner.KindName),
                ("owner_id", owner.Id)),
            cancellationToken);

    public Task<CredentialPutOutcome> PutAsync(StoredCredential credential, long expectedVersion, AuditEvent? audit, CancellationToken cancellationToken)
    {
        CredentialColumns.CheckFollows(credential, expectedVersion);
        return database.WriteAsync(
            async statements => await Reconciliation.MayHoldAsync(statements, credential.Key.Owner) ? await PutAsync(statements, credential, expectedVersion, audit, credential.UpdatedAt) : CredentialPutOutcome.Conflict,
            cancellationToken);
    }

    public Task<CredentialConnectOutcome> ConnectAsync(StoredCredential credential, long expectedVersion, byte[] stateHash, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        CredentialColumns.CheckFollows(credential, expectedVersion);
        return database.WriteAsync(
            async statements =>
            {
                // The flow's row is locked: who deletes flow and credential does so before this or after it, never between. What the owner may hold is locked
                // before it, as reconciliation does.
                if (!await Reconciliation.MayConnectAsync(statements, credential, now)
                    || await ConnectionFlowRows.LockClaimedAsync(statements, stateHash, credential.Key, now) is not { } begunAt)
                {
                    return CredentialConnectOutcome.FlowGone;
                }

                if (await PutAsync(statements, credential, expectedVersion, audit, begunAt) == CredentialPutOutcome.Conflict)
                {
                    return CredentialConnectOutcome.Conflict;
                }

                await ConnectionFlowRows.FinishAsync(statements, stateHash, now);
                return CredentialConnectOutcome.Stored;
            },
            cancellationToken);
    }

    public Task<CredentialPutOutcome> MarkAsync(CredentialKey key, long expectedVersion, CredentialStatus status, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements => await OutcomeAsync(
                statements,
                audit,
                changed: await statements.ExecuteAsync(
                    $"UPDATE credentials SET status = @status, status_reason = @reason, updated_at = @now WHERE {KeyIs} AND version = @expected",
                    ("owner_kind", key.Owner.KindName),
                    ("owner_id", key.Owner.Id),
                    ("provider", key.Provider),
                    ("status", StoredWords.CredentialStatus.Write(status)),
                    ("reason", reason),
                    ("expected", expectedVersion),
                    ("now", now))),
            cancellationToken);

    public Task DeleteUnusedAsync(CredentialKey key, IReadOnlyList<string> resources, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            statements => statements.ExecuteAsync(
                $"""
                DELETE FROM credentials
                WHERE {KeyIs} AND version = 1 AND NOT EXISTS (
                  SELECT 1 FROM sessions
                  WHERE subject_kind = @owner_kind AND subject_id = @owner_id AND resource IN (SELECT jsonb_array_elements_text(@resources::jsonb))
                    AND revoked_at IS NULL AND idle_expires_at > @now AND absolute_expires_at > @now)
                """,
                ("owner_kind", key.Owner.KindName),
                ("owner_id", key.Owner.Id),
                ("provider", key.Provider),
                ("resources", JsonText.Write(resources)),
                ("now", now)),
            cancellationToken);

    public Task DeleteAsync(CredentialKey key, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await DeleteAsync(statements, "connection_flows", key);
                await DeleteAsync(statements, "credentials", key);
            },
            cancellationToken);

    private static Task<int> DeleteAsync(PostgresStatements statements, string table, CredentialKey key) => statements.ExecuteAsync(
        $"DELETE FROM {table} WHERE {KeyIs}",
        ("owner_kind", key.Owner.KindName),
        ("owner_id", key.Owner.Id),
        ("provider", key.Provider));

    // Asked at: when the person was sent to the provider, by which it shows what the provider was asked for.
    private static async Task<CredentialPutOutcome> PutAsync(
        PostgresStatements statements, StoredCredential credential, long expectedVersion, AuditEvent? audit, DateTimeOffset askedAt)
    {
        var outcome = await OutcomeAsync(
            statements,
            audit,
            changed: expectedVersion == 0
                ? await CredentialRows.InsertAsync(statements, credential)
                : await CredentialRows.ReplaceAsync(statements, credential, expectedVersion));
        if (outcome == CredentialPutOutcome.Stored && expectedVersion > 0)
        {
            await CredentialRefusalRows.ClearAsync(statements, credential, askedAt);
        }

        await Reconciliation.AfterPutAsync(statements, credential);
        return outcome;
    }

    private static async Task<CredentialPutOutcome> OutcomeAsync(PostgresStatements statements, AuditEvent? audit, int changed)
    {
        if (changed == 0)
        {
            return CredentialPutOutcome.Conflict;
        }

        if (audit is not null)
        {
            await AuditRows.AppendAsync(statements, audit);
        }

        return CredentialPutOutcome.Stored;
    }
}
