using Keyholder.Audit;
using Keyholder.Vault;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresCredentialRefusalStore(PostgresDatabase database) : ICredentialRefusalStore
{
    public Task<RefusalRecordOutcome> RecordAsync(StoredCredential current, CredentialRefusal refusal, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                if (!await LockUnchangedAsync(statements, current))
                {
                    return RefusalRecordOutcome.Changed;
                }

                if (!await UpsertAsync(statements, current, refusal))
                {
                    return RefusalRecordOutcome.Standing;
                }

                await AuditRows.AppendAsync(statements, audit);
                await CredentialRefusalRows.AppendNoticeAsync(statements, current.Key, refusal.Since);
                return RefusalRecordOutcome.Recorded;
            },
            cancellationToken);

    public Task<bool> BeginRetryAsync(RefusalRetry retry, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        async statements => await statements.ExecuteAsync(
            "UPDATE credential_refusals SET retry_at = @until WHERE row_id = @row_id AND resource = @resource AND retry_at <= @now",
            ("row_id", retry.RowId),
            ("resource", retry.Resource),
            ("until", retry.Until),
            ("now", now)) == 1,
        cancellationToken);

    public Task<bool> LiftAsync(RefusalRetry retry, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        async statements =>
        {
            var deleted = await statements.ExecuteAsync(
                "DELETE FROM credential_refusals WHERE row_id = @row_id AND resource = @resource AND retry_at = @until",
                ("row_id", retry.RowId),
                ("resource", retry.Resource),
                ("until", retry.Until)) == 1;
            if (deleted)
            {
                await AuditRows.AppendAsync(statements, audit);
                await CredentialRefusalRows.AppendNoticeAsync(statements, retry.Key, now);
            }

            return deleted;
        },
        cancellationToken);

    public Task<ScopeDemandOutcome> DemandAsync(StoredCredential current, ScopeDemand demand, AuditEvent audit, CancellationToken cancellationToken) => database.WriteAsync(
        async statements =>
        {
            if (!await LockUnchangedAsync(statements, current) || !await DemandAsync(statements, current, demand))
            {
                return ScopeDemandOutcome.Changed;
            }

            await AuditRows.AppendAsync(statements, audit);
            return ScopeDemandOutcome.Recorded;
        },
        cancellationToken);

    public Task WithdrawDemandsAsync(CredentialKey key, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync(
            "DELETE FROM scope_demands WHERE row_id = (SELECT row_id FROM credentials WHERE owner_kind = @owner_kind AND owner_id = @owner_id AND provider = @provider)",
            ("owner_kind", key.Owner.KindName),
            ("owner_id", key.Owner.Id),
            ("provider", key.Provider)),
        cancellationToken);

    // The credential's row is locked: who writes its secret does so before this, and is seen, or after it, and sees what this wrote.
    private static Task<bool> LockUnchangedAsync(PostgresStatements statements, StoredCredential current) => statements.AnyAsync(
        "SELECT 1 FROM credentials WHERE row_id = @row_id AND version = @version AND status = 'active' FOR UPDATE",
        ("row_id", current.RowId),
        ("version", current.Version));

    private static async Task<bool> DemandAsync(PostgresStatements statements, StoredCredential current, ScopeDemand demand) => await statements.ExecuteAsync(
        """
        INSERT INTO scope_demands (row_id, resource, scopes, demanded_at) VALUES (@row_id, @resource, @scopes, @demanded_at)
        ON CONFLICT (row_id, resource) DO UPDATE SET scopes = excluded.scopes, demanded_at = excluded.demanded_at, connected_at = NULL WHERE scope_demands.scopes = @before
        """,
        ("row_id", current.RowId),
        ("resource", demand.Resource),
        ("scopes", JsonText.Write(demand.Scopes)),
        ("demanded_at", demand.DemandedAt),
        ("before", current.DemandOf(demand.Resource) is { } before ? JsonText.Write(before.Scopes) : null)) == 1;

    private static async Task<bool> UpsertAsync(PostgresStatements statements, StoredCredential current, CredentialRefusal refusal) => await statements.ExecuteAsync(
        """
        INSERT INTO credential_refusals (row_id, resource, reason, since, retry_at) VALUES (@row_id, @resource, @reason, @since, @retry_at)
        ON CONFLICT (row_id, resource) DO UPDATE SET reason = excluded.reason, retry_at = excluded.retry_at WHERE credential_refusals.retry_at <= excluded.since
        """,
        ("row_id", current.RowId),
        ("resource", refusal.Resource),
        ("reason", refusal.Reason),
        ("since", refusal.Since),
        ("retry_at", refusal.RetryAt)) == 1;
}
