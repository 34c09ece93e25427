using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteAuthorizationRequestStore(SqliteDatabase database) : IAuthorizationRequestStore
{
    public Task AddAsync(AuthorizationRequest request, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => AuthorizationRequestRows.Insert(connection, request), cancellationToken);

    public Task<AuthorizationRequest?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => Find(connection, id), cancellationToken);

    public Task<AuthorizationTransitionOutcome> SignInAsync(string id, Subject subject, DateTimeOffset authenticatedAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => SignIn(connection, id, subject, authenticatedAt, now), cancellationToken);

    public Task<AuthorizationTransitionOutcome> SignInKeyAsync(string id, PresentedSecret secret, DateTimeOffset authenticatedAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => VirtualKeyRows.IsLive(connection, secret, now)
                ? SignIn(connection, id, new Subject(SubjectKind.VirtualKey, secret.KeyId), authenticatedAt, now)
                : AuthorizationTransitionOutcome.SubjectInactive,
            cancellationToken);

    public Task<AuthorizationTransitionOutcome> ConsentAsync(string id, Consent? consent, AuditEvent? audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var outcome = Outcome(
                    connection,
                    id,
                    now,
                    changed: connection.Execute(
                        $"UPDATE authorization_requests SET phase = 'upstream' WHERE id = @id AND phase = 'consent' AND expires_at > @now AND {ConnectLinkConditions.LinkIsUnused}",
                        ("@id", id),
                        ("@now", now)),
                    from: AuthorizationPhase.Consent);
                if (outcome == AuthorizationTransitionOutcome.Moved)
                {
                    connection.Execute($"UPDATE connect_links SET used_at = @now WHERE {ConnectLinkConditions.OfRequest}", ("@id", id), ("@now", now));
                    if (consent is not null)
                    {
                        ConsentRows.Remember(connection, consent);
                    }

                    AppendIfAny(connection, audit);
                }

                return outcome;
            },
            cancellationToken);

    public Task<AuthorizationTransitionOutcome> PlanAsync(string id, IReadOnlyList<AuthorizationLeg> legs, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => Outcome(
                connection,
                id,
                now,
                changed: connection.Execute(
                    "UPDATE authorization_requests SET legs = $legs WHERE id = $id AND phase = 'upstream' AND legs IS NULL AND expires_at > $now",
                    ("$id", id),
                    ("$legs", LegText.Write(legs)),
                    ("$now", now))),
            cancellationToken);

    public Task<AuthorizationTransitionOutcome> AdvanceAsync(string id, AuthorizationLeg leg, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var legs = Find(connection, id)?.Legs is { } before ? LegText.Advance(before, leg) : null;
                var changed = legs is null ? 0 : connection.Execute(
                    "UPDATE authorization_requests SET legs = $legs WHERE id = $id AND phase = 'upstream' AND expires_at > $now",
                    ("$id", id),
                    ("$legs", legs),
                    ("$now", now));
                return Outcome(connection, id, now, changed);
            },
            cancellationToken);

    public Task<AuthorizationRequest?> FindBySessionAsync(SessionId sessionId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.QuerySingle(
                $"SELECT {AuthorizationRequestColumns.All} FROM authorization_requests WHERE session_id = $session_id",
                AuthorizationRequestColumns.Read,
                ("$session_id", sessionId)),
            cancellationToken);

    public Task<AuthorizationTransitionOutcome> CompleteAsync(string id, Session? session, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var outcome = Move(connection, id, AuthorizationPhase.Upstream, AuthorizationPhase.Completed, now);
                if (outcome == AuthorizationTransitionOutcome.Moved)
                {
                    if (session is not null)
                    {
                        SessionRows.Insert(connection, session);
                    }

                    AuditRows.Append(connection, audit);
                }

                return outcome;
            },
            cancellationToken);

    public Task<AuthorizationTransitionOutcome> FailAsync(string id, AuditEvent? audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var outcome = Outcome(
                    connection,
                    id,
                    now,
                    changed: connection.Execute(
                        "UPDATE authorization_requests SET phase = 'failed' WHERE id = $id AND phase IN ('sign_in', 'consent', 'upstream') AND expires_at > $now",
                        ("$id", id),
                        ("$now", now)));
                if (outcome == AuthorizationTransitionOutcome.Moved)
                {
                    AppendIfAny(connection, audit);
                }

                return outcome;
            },
            cancellationToken);

    private static AuthorizationTransitionOutcome SignIn(PreparedConnection connection, string id, Subject subject, DateTimeOffset authenticatedAt, DateTimeOffset now) =>
        Outcome(
            connection,
            id,
            now,
            changed: connection.Execute(
                """
                UPDATE authorization_requests
                SET phase = 'consent', subject_kind = $subject_kind, subject_id = $subject_id, authenticated_at = $authenticated_at
                WHERE id = $id AND phase = 'sign_in' AND expires_at > $now
                """,
                ("$id", id),
                ("$subject_kind", subject.KindName),
                ("$subject_id", subject.Id),
                ("$authenticated_at", authenticatedAt),
                ("$now", now)));

    private static AuthorizationRequest? Find(PreparedConnection connection, string id) => connection.QuerySingle(
        $"SELECT {AuthorizationRequestColumns.All} FROM authorization_requests WHERE id = $id",
        AuthorizationRequestColumns.Read,
        ("$id", id));

    private static AuthorizationTransitionOutcome Move(PreparedConnection connection, string id, AuthorizationPhase from, AuthorizationPhase to, DateTimeOffset now) =>
        Outcome(
            connection,
            id,
            now,
            changed: connection.Execute(
                "UPDATE authorization_requests SET phase = $to WHERE id = $id AND phase = $from AND expires_at > $now",
                ("$id", id),
                ("$from", StoredWords.Phase.Write(from)),
                ("$to", StoredWords.Phase.Write(to)),
                ("$now", now)));

    private static AuthorizationTransitionOutcome Outcome(PreparedConnection connection, string id, DateTimeOffset now, int changed, AuthorizationPhase? from = null) =>
        changed == 1
            ? AuthorizationTransitionOutcome.Moved
            : Find(connection, id) switch
            {
                null => AuthorizationTransitionOutcome.NotFound,
                var request when request.ExpiresAt <= now => AuthorizationTransitionOutcome.Expired,
                var request when request.Phase == from => AuthorizationTransitionOutcome.LinkUsed,
                _ => AuthorizationTransitionOutcome.WrongPhase,
            };

    private static void AppendIfAny(PreparedConnection connection, AuditEvent? audit)
    {
        if (audit is not null)
        {
            AuditRows.Append(connection, audit);
        }
    }
}
