using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresSessionStore(PostgresDatabase database) : ISessionStore
{
    private readonly PostgresWriteQueue<(Rotation, DateTimeOffset), Session> _rotations = database.CreateQueue(new SessionRotations());
    private readonly PostgresWriteQueue<(CodeRedemption, DateTimeOffset), Session> _redemptions = database.CreateQueue(new SessionRedemptions());

    public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync($"SELECT {SessionColumns.All} FROM sessions WHERE id = @id", SessionColumns.Read, ("id", id)),
            cancellationToken);

    public async Task<(RedeemOutcome Outcome, Session? Session)> RedeemCodeAsync(CodeRedemption redemption, DateTimeOffset now, CancellationToken cancellationToken)
    {
        PostgresValue.Storable(redemption.ClientId);
        if (await _redemptions.EnqueueAsync((redemption, now), cancellationToken) is { } redeemed)
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
        PostgresValue.Storable(rotation.ClientId);
        PostgresValue.Storable(rotation.Resource);
        while (true)
        {
            if (await _rotations.EnqueueAsync((rotation, now), cancellationToken) is { } rotated)
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

                await CredentialRelease.OfSessionAsync(statements, id, now);
                await AuditRows.AppendAsync(statements, audit);
                await RevocationRows.AppendAsync(statements, revocation);
                return SessionRevokeOutcome.Revoked;
            },
            cancellationToken);

    private Task<Tuple<Session, bool>?> FindWithSubjectAsync(SessionId id, DateTimeOffset now, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.QuerySingleAsync(
            $"SELECT {SessionColumns.All}, {SessionColumns.SubjectIsLive} FROM sessions WHERE id = @id",
            row => Tuple.Create(SessionColumns.Read(row), row.GetBoolean(24)),
            ("id", id),
            ("now", now)),
        cancellationToken);
}
