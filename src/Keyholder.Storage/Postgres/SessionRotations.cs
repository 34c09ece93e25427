using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>
/// The compare-and-swap of many sessions at once. <c>revoked_reason</c> stands for <c>revoked_at</c> (a CHECK makes them null together), <c>client_id</c>
/// is compared without an equality and both expiries in one term, so that no index but the primary key can serve: then rows are always locked in id order.
/// </summary>
internal sealed class SessionRotations : IPostgresBulkUpdate<(Rotation Rotation, DateTimeOffset Now), Session>
{
    public string Sql => $"""
        UPDATE sessions
        SET generation = generation + 1, previous_hash = refresh_hash, refresh_hash = successor_hash, sealed_successor = successor_seal,
            rotated_at = now, last_used_at = now, idle_expires_at = least(idle_until, absolute_expires_at)
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
          AS change (session_id, presented_generation, presented_hash, presented_by, named_resource, successor_hash, successor_seal, idle_until, now, ordinal)
        WHERE id = session_id AND generation = presented_generation AND refresh_hash = presented_hash
          AND client_id IS NOT DISTINCT FROM presented_by AND (named_resource IS NULL OR resource = named_resource)
          AND revoked_reason IS NULL AND least(idle_expires_at, absolute_expires_at) > now
          AND {SessionColumns.SubjectIsLiveAtChange}
        RETURNING ordinal, {SessionColumns.UnchangedByRotation}
        """;

    public UInt128 RowOf((Rotation Rotation, DateTimeOffset Now) change) => change.Rotation.SessionId.Value;

    public void AddParameters(NpgsqlParameterCollection to, IReadOnlyList<(Rotation Rotation, DateTimeOffset Now)> changes)
    {
        to.AddArray(changes, change => change.Rotation.SessionId.ToArray());
        to.AddArray(changes, change => (long)change.Rotation.Generation);
        to.AddArray(changes, change => change.Rotation.RefreshHash);
        to.AddArray(changes, change => change.Rotation.ClientId);
        to.AddArray(changes, change => change.Rotation.Resource);
        to.AddArray(changes, change => change.Rotation.SuccessorHash);
        to.AddArray(changes, change => change.Rotation.SealedSuccessor);
        to.AddArray(changes, change => change.Rotation.IdleExpiresAt);
        to.AddArray(changes, change => change.Now);
    }

    public Session Read(NpgsqlDataReader row, (Rotation Rotation, DateTimeOffset Now) change) =>
        SessionColumns.ReadRotated(row, firstColumn: 1, change.Rotation, change.Now);
}
