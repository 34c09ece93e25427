using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteSessionStore(SqliteDatabase database, RevocationSubscribers subscribers) : ISessionStore
{
    public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle($"SELECT {SessionColumns.All} FROM sessions WHERE id = $id", SessionColumns.Read, ("$id", id)),
            cancellationToken);

    public Task<(RedeemOutcome Outcome, Session? Session)> RedeemCodeAsync(CodeRedemption redemption, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.UpdateAsync<(RedeemOutcome, Session?)>(
            connection =>
            {
                if (Redeem(connection, redemption, now) is { } redeemed)
                {
                    return (RedeemOutcome.Redeemed, redeemed);
                }

                return FindWithSubject(connection, redemption.SessionId, now) is var (session, isLive)
                    ? (SessionLosses.Classify(redemption, session, isLive, now), session)
                    : (RedeemOutcome.NotFound, null);
            },
            cancellationToken);

    public Task<(RotateOutcome Outcome, Session? Session)> RotateAsync(Rotation rotation, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.UpdateAsync<(RotateOutcome, Session?)>(
            connection =>
            {
                if (Rotate(connection, rotation, now) is { } rotated)
                {
                    return (RotateOutcome.Rotated, rotated);
                }

                return FindWithSubject(connection, rotation.SessionId, now) is var (session, isLive)
                    ? (SessionLosses.Classify(rotation, session, isLive, now), session)
                    : (RotateOutcome.NotFound, null);
            },
            cancellationToken);

    public async Task<SessionRevokeOutcome> RevokeAsync(SessionId id, string reason, RevocationEntry revocation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(
            connection =>
            {
                var changed = connection.Execute(
                    "UPDATE sessions SET revoked_at = $now, revoked_reason = $reason WHERE id = $id AND revoked_at IS NULL",
                    ("$id", id),
                    ("$now", now),
                    ("$reason", reason));
                if (changed == 0)
                {
                    return connection.Any("SELECT 1 FROM sessions WHERE id = $id", ("$id", id))
                        ? SessionRevokeOutcome.AlreadyRevoked
                        : SessionRevokeOutcome.NotFound;
                }

                CredentialRelease.OfSession(connection, id, now);
                RevocationRows.Append(connection, revocation);
                AuditRows.Append(connection, audit);
                return SessionRevokeOutcome.Revoked;
            },
            cancellationToken);
        if (outcome == SessionRevokeOutcome.Revoked)
        {
            subscribers.Signal();
        }

        return outcome;
    }

    private static Session? Redeem(PreparedConnection connection, CodeRedemption redemption, DateTimeOffset now) => connection.QuerySingle(
        $"""
        UPDATE sessions
        SET code_redeemed_at = @now, generation = 1, refresh_hash = $refresh_hash, sealed_successor = $sealed_successor,
            last_used_at = @now, idle_expires_at = min($idle_expires_at, absolute_expires_at)
        WHERE id = $id AND code_hash = $code_hash AND client_id = $client_id
          AND code_redeemed_at IS NULL AND generation = 0 AND code_expires_at > @now
          AND revoked_at IS NULL AND idle_expires_at > @now AND absolute_expires_at > @now
          AND {SessionColumns.SubjectIsLive}
        RETURNING {SessionColumns.All}
        """,
        SessionColumns.Read,
        ("$id", redemption.SessionId),
        ("$code_hash", redemption.CodeHash),
        ("$client_id", redemption.ClientId),
        ("$refresh_hash", redemption.RefreshHash),
        ("$sealed_successor", redemption.SealedSuccessor),
        ("$idle_expires_at", redemption.IdleExpiresAt),
        ("@now", now));

    private static Session? Rotate(PreparedConnection connection, Rotation rotation, DateTimeOffset now) => connection.QuerySingle(
        $"""
        UPDATE sessions
        SET generation = generation + 1, previous_hash = refresh_hash, refresh_hash = $successor_hash, sealed_successor = $sealed_successor,
            rotated_at = @now, last_used_at = @now, idle_expires_at = min($idle_expires_at, absolute_expires_at)
        WHERE id = $id AND generation = $generation AND refresh_hash = $refresh_hash
          AND client_id = $client_id AND ($resource IS NULL OR resource = $resource)
          AND revoked_at IS NULL AND idle_expires_at > @now AND absolute_expires_at > @now
          AND {SessionColumns.SubjectIsLive}
        RETURNING {SessionColumns.UnchangedByRotation}
        """,
        row => SessionColumns.ReadRotated(row, firstColumn: 0, rotation, now),
        ("$id", rotation.SessionId),
        ("$generation", rotation.Generation),
        ("$refresh_hash", rotation.RefreshHash),
        ("$client_id", rotation.ClientId),
        ("$resource", rotation.Resource),
        ("$successor_hash", rotation.SuccessorHash),
        ("$sealed_successor", rotation.SealedSuccessor),
        ("$idle_expires_at", rotation.IdleExpiresAt),
        ("@now", now));

    private static Tuple<Session, bool>? FindWithSubject(PreparedConnection connection, SessionId id, DateTimeOffset now) => connection.QuerySingle(
        $"SELECT {SessionColumns.All}, {SessionColumns.SubjectIsLive} FROM sessions WHERE id = $id",
        row => Tuple.Create(SessionColumns.Read(row), row.GetBoolean(24)),
        ("$id", id),
        ("@now", now));
}
