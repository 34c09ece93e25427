using Keyholder.Audit;
using Keyholder.Vault;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteCredentialRefusalStore(SqliteDatabase database, RevocationSubscribers subscribers) : ICredentialRefusalStore
{
    public async Task<RefusalRecordOutcome> RecordAsync(StoredCredential current, CredentialRefusal refusal, AuditEvent audit, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(
            connection =>
            {
                if (!IsUnchanged(connection, current))
                {
                    return RefusalRecordOutcome.Changed;
                }

                if (!Upsert(connection, current, refusal))
                {
                    return RefusalRecordOutcome.Standing;
                }

                AuditRows.Append(connection, audit);
                CredentialRefusalRows.AppendNotice(connection, current.Key, refusal.Since);
                return RefusalRecordOutcome.Recorded;
            },
            cancellationToken);
        if (outcome == RefusalRecordOutcome.Recorded)
        {
            subscribers.Signal();
        }

        return outcome;
    }

    public Task<bool> BeginRetryAsync(RefusalRetry retry, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Execute(
            "UPDATE credential_refusals SET retry_at = $until WHERE row_id = $row_id AND resource = $resource AND retry_at <= $now",
            ("$row_id", retry.RowId),
            ("$resource", retry.Resource),
            ("$until", retry.Until),
            ("$now", now)) == 1,
        cancellationToken);

    public async Task<bool> LiftAsync(RefusalRetry retry, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lifted = await database.WriteAsync(
            connection =>
            {
                var deleted = connection.Execute(
                    "DELETE FROM credential_refusals WHERE row_id = $row_id AND resource = $resource AND retry_at = $until",
                    ("$row_id", retry.RowId),
                    ("$resource", retry.Resource),
                    ("$until", retry.Until)) == 1;
                if (deleted)
                {
                    AuditRows.Append(connection, audit);
                    CredentialRefusalRows.AppendNotice(connection, retry.Key, now);
                }

                return deleted;
            },
            cancellationToken);
        if (lifted)
        {
            subscribers.Signal();
        }

        return lifted;
    }

    public Task<ScopeDemandOutcome> DemandAsync(StoredCredential current, ScopeDemand demand, AuditEvent audit, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            if (!IsUnchanged(connection, current) || !Demand(connection, current, demand))
            {
                return ScopeDemandOutcome.Changed;
            }

            AuditRows.Append(connection, audit);
            return ScopeDemandOutcome.Recorded;
        },
        cancellationToken);

    public Task WithdrawDemandsAsync(CredentialKey key, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Execute(
            "DELETE FROM scope_demands WHERE row_id = (SELECT row_id FROM credentials WHERE owner_kind = $owner_kind AND owner_id = $owner_id AND provider = $provider)",
            ("$owner_kind", key.Owner.KindName),
            ("$owner_id", key.Owner.Id),
            ("$provider", key.Provider)),
        cancellationToken);

    private static bool Demand(PreparedConnection connection, StoredCredential current, ScopeDemand demand) => connection.Execute(
        """
        INSERT INTO scope_demands (row_id, resource, scopes, demanded_at) VALUES ($row_id, $resource, $scopes, $demanded_at)
        ON CONFLICT (row_id, resource) DO UPDATE SET scopes = excluded.scopes, demanded_at = excluded.demanded_at, connected_at = NULL WHERE scope_demands.scopes = $before
        """,
        ("$row_id", current.RowId),
        ("$resource", demand.Resource),
        ("$scopes", JsonText.Write(demand.Scopes)),
        ("$demanded_at", demand.DemandedAt),
        ("$before", current.DemandOf(demand.Resource) is { } before ? JsonText.Write(before.Scopes) : null)) == 1;

    private static bool IsUnchanged(PreparedConnection connection, StoredCredential current) => connection.Any(
        "SELECT 1 FROM credentials WHERE row_id = $row_id AND version = $version AND status = 'active'",
        ("$row_id", current.RowId),
        ("$version", current.Version));

    private static bool Upsert(PreparedConnection connection, StoredCredential current, CredentialRefusal refusal) => connection.Execute(
        """
        INSERT INTO credential_refusals (row_id, resource, reason, since, retry_at) VALUES ($row_id, $resource, $reason, $since, $retry_at)
        ON CONFLICT (row_id, resource) DO UPDATE SET reason = excluded.reason, retry_at = excluded.retry_at WHERE credential_refusals.retry_at <= excluded.since
        """,
        ("$row_id", current.RowId),
        ("$resource", refusal.Resource),
        ("$reason", refusal.Reason),
        ("$since", refusal.Since),
        ("$retry_at", refusal.RetryAt)) == 1;
}
