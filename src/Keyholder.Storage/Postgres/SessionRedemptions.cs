using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>The redemption of many codes at once. Its conditions are written as those of <see cref="SessionRotations"/> are, and for the same reason.</summary>
internal sealed class SessionRedemptions : IPostgresBulkUpdate<(CodeRedemption Redemption, DateTimeOffset Now), Session>
{
    public string Sql => $"""
        UPDATE sessions
        SET code_redeemed_at = now, generation = 1, refresh_hash = first_hash, sealed_successor = first_seal,
            last_used_at = now, idle_expires_at = least(idle_until, absolute_expires_at)
        FROM unnest($1, $2, $3, $4, $5, $6, $7) WITH ORDINALITY
          AS change (session_id, presented_hash, presented_by, first_hash, first_seal, idle_until, now, ordinal)
        WHERE id = session_id AND code_hash = presented_hash AND client_id IS NOT DISTINCT FROM presented_by
          AND code_redeemed_at IS NULL AND generation = 0 AND code_expires_at > now
          AND revoked_reason IS NULL AND least(idle_expires_at, absolute_expires_at) > now
          AND {SessionColumns.SubjectIsLiveAtChange}
        RETURNING ordinal, {SessionColumns.All}
        """;

    public UInt128 RowOf((CodeRedemption Redemption, DateTimeOffset Now) change) => change.Redemption.SessionId.Value;

    public void AddParameters(NpgsqlParameterCollection to, IReadOnlyList<(CodeRedemption Redemption, DateTimeOffset Now)> changes)
    {
        to.AddArray(changes, change => change.Redemption.SessionId.ToArray());
        to.AddArray(changes, change => change.Redemption.CodeHash);
        to.AddArray(changes, change => change.Redemption.ClientId);
        to.AddArray(changes, change => change.Redemption.RefreshHash);
        to.AddArray(changes, change => change.Redemption.SealedSuccessor);
        to.AddArray(changes, change => change.Redemption.IdleExpiresAt);
        to.AddArray(changes, change => change.Now);
    }

    public Session Read(NpgsqlDataReader row, (CodeRedemption Redemption, DateTimeOffset Now) change) => SessionColumns.Read(row, firstColumn: 1);
}
