using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresSessionStore(PostgresDatabase database) : ISessionStore
{
    public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync($"SELECT {SessionColumns.All} FROM sessions WHERE id = @id", SessionColumns.Read, ("id", id)),
            cancellationToken);

    public async Task<(RedeemOutcome Outcome, Session? Session)> RedeemCodeAsync(CodeRedemption redemption, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await RedeemAsync(redemption, now, cancellationToken) is { } redeemed)
        {
            return (RedeemOutcome.Redeemed, redeemed);
        }

        return await FindWithSubjectAsync(redemption.SessionId, now, cancellationToken) is var (session, isLive)
            ? (SessionLosses.Classify(redemption, session, isLive, now), session)
            : (RedeemOutcome.NotFound, null);
    }

    // A loss is judged by a statement of its own, after the commit of the batch: a statement that lost a race has not seen what it lost to.
    public async Task<(RotateOutcome Outcome, Session? Session)> RotateAsync(Rotation rotation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryRotateAsync(rotation, now, cancellationToken) is { } rotated)
            {
                return (RotateOutcome.Rotated, rotated);
            }

            if (await FindWithSubjectAsync(rotation.SessionId, now, cancellationToken) is not var (session, isLive))
            {
                return (RotateOutcome.NotFound, null);
            }

            // What it lost to (a disabled user, say) may be gone by now. The newest token must never be taken for a reused one: it is tried again.
            var outcome = SessionLosses.Classify(rotation, session, isLive, now);
            if (outcome != RotateOutcome.Superseded || !SessionLosses.IsNewest(rotation, session))
            {
                return (outcome, session);
            }
        }
    }

    public Task<SessionRevokeOutcome> RevokeAsync(SessionId id, string reason, RevocationEntry revocation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var changed = await statements.ExecuteAsync(
                    "UPDATE sessions SET revoked_at = @now, revoked_reason = @reason WHERE id = @id AND revoked_at IS NULL",
                    ("id", id),
                    ("now", now),
                    ("reason", reason));
                if (changed == 0)
                {
                    return await statements.AnyAsync("SELECT 1 FROM sessions WHERE id = @id", ("id", id))
                        ? SessionRevokeOutcome.AlreadyRevoked
                        : SessionRevokeOutcome.NotFound;
                }

                await AuditRows.AppendAsync(statements, audit);
                await RevocationRows.AppendAsync(statements, revocation);
                return SessionRevokeOutcome.Revoked;
            },
            cancellationToken);

    private Task<Session?> RedeemAsync(CodeRedemption redemption, DateTimeOffset now, CancellationToken cancellationToken) => database.UpdateAsync(
        redemption.SessionId.Value,
        $"""
        UPDATE sessions
        SET code_redeemed_at = @now, generation = 1, refresh_hash = @refresh_hash, sealed_successor = @sealed_successor,
            last_used_at = @now, idle_expires_at = least(@idle_expires_at, absolute_expires_at)
        WHERE id = @id AND code_hash = @code_hash AND client_id = @client_id
          AND code_redeemed_at IS NULL AND generation = 0 AND code_expires_at > @now
          AND revoked_at IS NULL AND idle_expires_at > @now AND absolute_expires_at > @now
          AND {SessionColumns.SubjectIsLive}
        RETURNING {SessionColumns.All}
        """,
        [
            ("id", redemption.SessionId),
            ("code_hash", redemption.CodeHash),
            ("client_id", redemption.ClientId),
            ("refresh_hash", redemption.RefreshHash),
            ("sealed_successor", redemption.SealedSuccessor),
            ("idle_expires_at", redemption.IdleExpiresAt),
            ("now", now),
        ],
        ReadOrNull,
        cancellationToken);

    private Task<Session?> TryRotateAsync(Rotation rotation, DateTimeOffset now, CancellationToken cancellationToken) => database.UpdateAsync(
        rotation.SessionId.Value,
        $"""
        UPDATE sessions
        SET generation = generation + 1, previous_hash = refresh_hash, refresh_hash = @successor_hash, sealed_successor = @sealed_successor,
            rotated_at = @now, last_used_at = @now, idle_expires_at = least(@idle_expires_at, absolute_expires_at)
        WHERE id = @id AND generation = @generation AND refresh_hash = @refresh_hash
          AND client_id = @client_id AND (@resource IS NULL OR resource = @resource)
          AND revoked_at IS NULL AND idle_expires_at > @now AND absolute_expires_at > @now
          AND {SessionColumns.SubjectIsLive}
        RETURNING {SessionColumns.All}
        """,
        [
            ("id", rotation.SessionId),
            ("generation", rotation.Generation),
            ("refresh_hash", rotation.RefreshHash),
            ("client_id", rotation.ClientId),
            ("resource", rotation.Resource),
            ("successor_hash", rotation.SuccessorHash),
            ("sealed_successor", rotation.SealedSuccessor),
            ("idle_expires_at", rotation.IdleExpiresAt),
            ("now", now),
        ],
        ReadOrNull,
        cancellationToken);

    private Task<Tuple<Session, bool>?> FindWithSubjectAsync(SessionId id, DateTimeOffset now, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.QuerySingleAsync(
            $"SELECT {SessionColumns.All}, {SessionColumns.SubjectIsLive} FROM sessions WHERE id = @id",
            row => Tuple.Create(SessionColumns.Read(row), row.GetBoolean(24)),
            ("id", id),
            ("now", now)),
        cancellationToken);

    private static Session? ReadOrNull(NpgsqlDataReader? row) => row is null ? null : SessionColumns.Read(row);
}
