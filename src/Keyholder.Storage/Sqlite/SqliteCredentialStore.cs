using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.Vault;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteCredentialStore(SqliteDatabase database, RevocationSubscribers subscribers) : ICredentialStore
{
    private const string KeyIs = "owner_kind = $owner_kind AND owner_id = $owner_id AND provider = $provider";
    private static readonly string Columns = CredentialColumns.With(CredentialRefusalRows.Columns);

    public Task<StoredCredential?> FindAsync(CredentialKey key, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle(
                $"SELECT {Columns} FROM credentials WHERE {KeyIs}",
                CredentialColumns.Read,
                ("$owner_kind", key.Owner.KindName),
                ("$owner_id", key.Owner.Id),
                ("$provider", key.Provider)),
            cancellationToken);

    public async Task<IReadOnlyList<StoredCredential?>> FindAllAsync(IReadOnlyList<CredentialKey> keys, CancellationToken cancellationToken) =>
        CredentialColumns.InOrder(
            keys,
            await database.ReadAsync(
                connection => connection.Query(
                    $"""
                    SELECT {Columns} FROM credentials
                    WHERE (owner_kind, owner_id, provider) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($keys))
                    """,
                    CredentialColumns.Read,
                    ("$keys", CredentialColumns.Keys(keys))),
                cancellationToken));

    public async Task<IReadOnlyList<StoredCredential>> ListAsync(CredentialOwner owner, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            connection => connection.Query(
                $"SELECT {Columns} FROM credentials WHERE owner_kind = $owner_kind AND owner_id = $owner_id ORDER BY provider",
                CredentialColumns.Read,
                ("$owner_kind", owner.KindName),
                ("$owner_id", owner.Id)),
            cancellationToken);

    public Task<CredentialPutOutcome> PutAsync(StoredCredential credential, long expectedVersion, AuditEvent? audit, CancellationToken cancellationToken)
    {
        CredentialColumns.CheckFollows(credential, expectedVersion);
        return WriteAsync(
            connection => Reconciliation.MayHold(connection, credential.Key.Owner)
                ? Put(connection, credential, expectedVersion, audit, credential.UpdatedAt)
                : (CredentialPutOutcome.Conflict, false),
            cancellationToken);
    }

    public Task<CredentialConnectOutcome> ConnectAsync(StoredCredential credential, long expectedVersion, byte[] stateHash, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        CredentialColumns.CheckFollows(credential, expectedVersion);
        return WriteAsync(
            connection =>
            {
                if (!Reconciliation.MayConnect(connection, credential, now)
                    || ConnectionFlowRows.FindClaimed(connection, stateHash, credential.Key, now) is not { } begunAt)
                {
                    return (CredentialConnectOutcome.FlowGone, false);
                }

                var (put, noticed) = Put(connection, credential, expectedVersion, audit, begunAt);
                if (put == CredentialPutOutcome.Conflict)
                {
                    return (CredentialConnectOutcome.Conflict, false);
                }

                ConnectionFlowRows.Finish(connection, stateHash, now);
                return (CredentialConnectOutcome.Stored, noticed);
            },
            cancellationToken);
    }

    public Task<CredentialPutOutcome> MarkAsync(CredentialKey key, long expectedVersion, CredentialStatus status, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => Outcome(
                connection,
                audit,
                changed: connection.Execute(
                    $"UPDATE credentials SET status = $status, status_reason = $reason, updated_at = $now WHERE {KeyIs} AND version = $expected",
                    ("$owner_kind", key.Owner.KindName),
                    ("$owner_id", key.Owner.Id),
                    ("$provider", key.Provider),
                    ("$status", StoredWords.CredentialStatus.Write(status)),
                    ("$reason", reason),
                    ("$expected", expectedVersion),
                    ("$now", now))),
            cancellationToken);

    public Task DeleteUnusedAsync(CredentialKey key, IReadOnlyList<string> resources, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.Execute(
                $"""
                DELETE FROM credentials
                WHERE {KeyIs} AND version = 1 AND NOT EXISTS (
                  SELECT 1 FROM sessions
                  WHERE subject_kind = $owner_kind AND subject_id = $owner_id AND resource IN (SELECT value FROM json_each($resources))
                    AND revoked_at IS NULL AND idle_expires_at > $now AND absolute_expires_at > $now)
                """,
                ("$owner_kind", key.Owner.KindName),
                ("$owner_id", key.Owner.Id),
                ("$provider", key.Provider),
                ("$resources", JsonText.Write(resources)),
                ("$now", now)),
            cancellationToken);

    public Task DeleteAsync(CredentialKey key, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                Delete(connection, "connection_flows", key);
                Delete(connection, "credentials", key);
            },
            cancellationToken);

    private static void Delete(PreparedConnection connection, string table, CredentialKey key) => connection.Execute(
        $"DELETE FROM {table} WHERE {KeyIs}",
        ("$owner_kind", key.Owner.KindName),
        ("$owner_id", key.Owner.Id),
        ("$provider", key.Provider));

    private async Task<T> WriteAsync<T>(Func<PreparedConnection, (T Outcome, bool Noticed)> write, CancellationToken cancellationToken)
    {
        var (outcome, noticed) = await database.WriteAsync(write, cancellationToken);
        if (noticed)
        {
            subscribers.Signal();
        }

        return outcome;
    }

    // Asked at: when the person was sent to the provider, by which it shows what the provider was asked for. Noticed: whether the log has a line for other nodes.
    private static (CredentialPutOutcome Outcome, bool Noticed) Put(
        PreparedConnection connection, StoredCredential credential, long expectedVersion, AuditEvent? audit, DateTimeOffset askedAt)
    {
        var outcome = Outcome(
            connection,
            audit,
            changed: expectedVersion == 0 ? CredentialRows.Insert(connection, credential) : CredentialRows.Replace(connection, credential, expectedVersion));
        var noticed = outcome == CredentialPutOutcome.Stored && expectedVersion > 0 && CredentialRefusalRows.Clear(connection, credential, askedAt);
        Reconciliation.AfterPut(connection, credential);
        return (outcome, noticed);
    }

    private static CredentialPutOutcome Outcome(PreparedConnection connection, AuditEvent? audit, int changed)
    {
        if (changed == 0)
        {
            return CredentialPutOutcome.Conflict;
        }

        if (audit is not null)
        {
            AuditRows.Append(connection, audit);
        }

        return CredentialPutOutcome.Stored;
    }
}
