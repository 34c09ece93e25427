using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresVirtualKeyStore(PostgresDatabase database) : IVirtualKeyStore
{
    public Task<VirtualKeyWriteOutcome> AddAsync(VirtualKey key, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.LockSharedAsync(PostgresLocks.Grants);
                if (await VirtualKeyRows.FindProblemAsync(statements, key) is { } problem)
                {
                    return problem;
                }

                await VirtualKeyRows.InsertAsync(statements, key);
                await AuditRows.AppendAsync(statements, audit);
                return VirtualKeyWriteOutcome.Done;
            },
            cancellationToken);

    public Task<VirtualKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(statements => VirtualKeyRows.FindAsync(statements, id), cancellationToken);

    public Task<VirtualKey?> FindByNameAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync($"SELECT {VirtualKeyColumns.All} FROM virtual_keys WHERE name = @name", VirtualKeyColumns.Read, ("name", name)),
            cancellationToken);

    public async Task<IReadOnlyList<VirtualKey>> ListAsync(VirtualKeyQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return await database.ReadAsync(
            statements => statements.QueryAsync(
                $"""
                SELECT {VirtualKeyColumns.All} FROM virtual_keys
                WHERE name > @after{(query.OwnerUserId is null ? "" : " AND owner_user_id = @owner")} ORDER BY name LIMIT @limit
                """,
                VirtualKeyColumns.Read,
                ("after", query.After ?? ""),
                ("owner", query.OwnerUserId),
                ("limit", (long)query.Limit)),
            cancellationToken);
    }

    public Task<VirtualKeyWriteOutcome> UpdateAsync(string id, VirtualKeyChange change, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                // Before the key's row: a declaration must find names and states as they stay.
                await statements.LockSharedAsync(PostgresLocks.Grants);
                if (await VirtualKeyRows.LockAsync(statements, id) is not { } key)
                {
                    return VirtualKeyWriteOutcome.NotFound;
                }

                var changed = change.ApplyTo(key, now);
                if (changed == key)
                {
                    return VirtualKeyWriteOutcome.Unchanged;
                }

                if (!VirtualKeyChange.IsAllowed(key, changed))
                {
                    return VirtualKeyWriteOutcome.Declared;
                }

                if (await VirtualKeyRows.FindProblemAsync(statements, changed, key) is { } problem)
                {
                    return problem;
                }

                await VirtualKeyRows.UpdateAsync(statements, changed);
                if (changed with { Name = key.Name } == key)
                {
                    // A name allows nothing: no node has to ask again.
                    await AuditRows.AppendAsync(statements, audit);
                }
                else
                {
                    await VirtualKeyRows.AnnounceAsync(statements, audit, id, now);
                }

                return VirtualKeyWriteOutcome.Done;
            },
            cancellationToken);

    public Task<VirtualKeyWriteOutcome> RotateAsync(VirtualKeyRotation rotation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var atOnce = rotation.OverlapEndsAt <= now;
                if (atOnce)
                {
                    await VirtualKeySessions.LockAsync(statements, rotation.KeyId, now);
                }

                if (await VirtualKeyRows.RotateAsync(statements, rotation, now))
                {
                    if (atOnce)
                    {
                        await VirtualKeySessions.EndAsync(statements, rotation.KeyId, now);
                    }

                    await VirtualKeyRows.AnnounceAsync(statements, audit, rotation.KeyId, now);
                    return VirtualKeyWriteOutcome.Done;
                }

                return await VirtualKeyRows.FindAsync(statements, rotation.KeyId) is null ? VirtualKeyWriteOutcome.NotFound : VirtualKeyWriteOutcome.Conflict;
            },
            cancellationToken);

    public Task<VirtualKeyWriteOutcome> DeleteAsync(string id, RevocationEntry revocation, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var outcome = await VirtualKeyRows.DeleteAsync(statements, id, revocation);
                if (outcome == VirtualKeyWriteOutcome.Done)
                {
                    await AuditRows.AppendAsync(statements, audit);
                    await RevocationRows.AppendAsync(statements, revocation);
                }

                return outcome;
            },
            cancellationToken);

    public Task TouchAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken) =>
        database.WriteAsync(
            statements => statements.ExecuteAsync(
                """
                WITH used AS (SELECT key AS id, value::bigint AS at FROM jsonb_each_text(@uses::jsonb)),
                     locked AS (
                       SELECT virtual_keys.id, used.at FROM virtual_keys JOIN used ON used.id = virtual_keys.id ORDER BY virtual_keys.id FOR UPDATE OF virtual_keys)
                UPDATE virtual_keys SET last_used_at = greatest(last_used_at, locked.at) FROM locked WHERE virtual_keys.id = locked.id
                """,
                ("uses", VirtualKeyTimes.Write(uses))),
            cancellationToken);
}
