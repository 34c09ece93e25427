using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteVirtualKeyStore(SqliteDatabase database, RevocationSubscribers subscribers) : IVirtualKeyStore
{
    public Task<VirtualKeyWriteOutcome> AddAsync(VirtualKey key, AuditEvent audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                if (VirtualKeyRows.FindProblem(connection, key) is { } problem)
                {
                    return problem;
                }

                VirtualKeyRows.Insert(connection, key);
                AuditRows.Append(connection, audit);
                return VirtualKeyWriteOutcome.Done;
            },
            cancellationToken);

    public Task<VirtualKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => VirtualKeyRows.Find(connection, id), cancellationToken);

    public Task<VirtualKey?> FindByNameAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle($"SELECT {VirtualKeyColumns.All} FROM virtual_keys WHERE name = $name", VirtualKeyColumns.Read, ("$name", name)),
            cancellationToken);

    public async Task<IReadOnlyList<VirtualKey>> ListAsync(VirtualKeyQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return await database.ReadAsync(
            connection => connection.Query(
                $"""
                SELECT {VirtualKeyColumns.All} FROM virtual_keys
                WHERE name > $after{(query.OwnerUserId is null ? "" : " AND owner_user_id = $owner")} ORDER BY name LIMIT $limit
                """,
                VirtualKeyColumns.Read,
                ("$after", query.After ?? ""),
                ("$owner", query.OwnerUserId),
                ("$limit", query.Limit)),
            cancellationToken);
    }

    public Task<VirtualKeyWriteOutcome> UpdateAsync(string id, VirtualKeyChange change, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(
            connection =>
            {
                if (VirtualKeyRows.Find(connection, id) is not { } key)
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

                if (VirtualKeyRows.FindProblem(connection, changed, key) is { } problem)
                {
                    return problem;
                }

                VirtualKeyRows.Update(connection, changed);
                if (changed with { Name = key.Name } == key)
                {
                    // A name allows nothing: no node has to ask again.
                    AuditRows.Append(connection, audit);
                }
                else
                {
                    VirtualKeyRows.Announce(connection, audit, id, now);
                }

                return VirtualKeyWriteOutcome.Done;
            },
            cancellationToken);

    public Task<VirtualKeyWriteOutcome> RotateAsync(VirtualKeyRotation rotation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(
            connection =>
            {
                if (VirtualKeyRows.Rotate(connection, rotation, now))
                {
                    if (rotation.OverlapEndsAt <= now)
                    {
                        VirtualKeySessions.End(connection, rotation.KeyId, now);
                    }

                    VirtualKeyRows.Announce(connection, audit, rotation.KeyId, now);
                    return VirtualKeyWriteOutcome.Done;
                }

                return VirtualKeyRows.Find(connection, rotation.KeyId) is null ? VirtualKeyWriteOutcome.NotFound : VirtualKeyWriteOutcome.Conflict;
            },
            cancellationToken);

    public Task<VirtualKeyWriteOutcome> DeleteAsync(string id, RevocationEntry revocation, AuditEvent audit, CancellationToken cancellationToken) =>
        WriteAsync(
            connection =>
            {
                var outcome = VirtualKeyRows.Delete(connection, id, revocation);
                if (outcome == VirtualKeyWriteOutcome.Done)
                {
                    RevocationRows.Append(connection, revocation);
                    AuditRows.Append(connection, audit);
                }

                return outcome;
            },
            cancellationToken);

    public Task TouchAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.Execute(
                """
                UPDATE virtual_keys SET last_used_at = used.value FROM json_each($uses) AS used
                WHERE virtual_keys.id = used.key AND (last_used_at IS NULL OR last_used_at < used.value)
                """,
                ("$uses", VirtualKeyTimes.Write(uses))),
            cancellationToken);

    private async Task<VirtualKeyWriteOutcome> WriteAsync(Func<PreparedConnection, VirtualKeyWriteOutcome> transition, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(transition, cancellationToken);
        if (outcome == VirtualKeyWriteOutcome.Done)
        {
            subscribers.Signal();
        }

        return outcome;
    }
}
