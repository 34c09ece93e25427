using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresAuthorizationRequestStore(PostgresDatabase database) : IAuthorizationRequestStore
{
    public Task AddAsync(AuthorizationRequest request, CancellationToken cancellationToken) =>
        database.WriteAsync(statements => AuthorizationRequestRows.InsertAsync(statements, request), cancellationToken);

    public Task<AuthorizationRequest?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(statements => FindAsync(statements, id), cancellationToken);

    public Task<AuthorizationTransitionOutcome> SignInAsync(string id, Subject subject, DateTimeOffset authenticatedAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(statements => SignInAsync(statements, id, subject, authenticatedAt, now), cancellationToken);

    // The request before the key, as whoever ends a secret takes them.
    public Task<AuthorizationTransitionOutcome> SignInKeyAsync(string id, PresentedSecret secret, DateTimeOffset authenticatedAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                await statements.AnyAsync("SELECT 1 FROM authorization_requests WHERE id = @id FOR UPDATE", ("id", id));
                return await VirtualKeyRows.IsLiveAsync(statements, secret, now)
                    ? await SignInAsync(statements, id, new Subject(SubjectKind.VirtualKey, secret.KeyId), authenticatedAt, now)
                    : AuthorizationTransitionOutcome.SubjectInactive;
            },
            cancellationToken);

    public Task<AuthorizationTransitionOutcome> ConsentAsync(string id, Consent? consent, AuditEvent? audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                // Requests of one link wait for each other here, so that the next statement sees what the one before did to it.
                await statements.AnyAsync($"SELECT 1 FROM connect_links WHERE {ConnectLinkConditions.OfRequest} FOR UPDATE", ("id", id));
                var outcome = await OutcomeAsync(
                    statements,
                    id,
                    now,
                    changed: await statements.ExecuteAsync(
                        $"UPDATE authorization_requests SET phase = 'upstream' WHERE id = @id AND phase = 'consent' AND expires_at > @now AND {ConnectLinkConditions.LinkIsUnused}",
                        ("id", id),
                        ("now", now)),
                    from: AuthorizationPhase.Consent);
                if (outcome == AuthorizationTransitionOutcome.Moved)
                {
                    await statements.ExecuteAsync($"UPDATE connect_links SET used_at = @now WHERE {ConnectLinkConditions.OfRequest}", ("id", id), ("now", now));
                    if (consent is not null)
                    {
                        await ConsentRows.RememberAsync(statements, consent);
                    }

                    await AppendIfAnyAsync(statements, audit);
                }

                return outcome;
            },
            cancellationToken);

    public Task<AuthorizationTransitionOutcome> PlanAsync(string id, IReadOnlyList<AuthorizationLeg> legs, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements => await OutcomeAsync(
                statements,
                id,
                now,
                changed: await statements.ExecuteAsync(
                    "UPDATE authorization_requests SET legs = @legs WHERE id = @id AND phase = 'upstream' AND legs IS NULL AND expires_at > @now",
                    ("id", id),
                    ("legs", LegText.Write(legs)),
                    ("now", now))),
            cancellationToken);

    // Whoever holds the row is alone with its legs.
    public Task<AuthorizationTransitionOutcome> AdvanceAsync(string id, AuthorizationLeg leg, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var found = await statements.QuerySingleAsync(
                    $"SELECT {AuthorizationRequestColumns.All} FROM authorization_requests WHERE id = @id FOR UPDATE",
                    AuthorizationRequestColumns.Read,
                    ("id", id));
                var legs = found?.Legs is { } before ? LegText.Advance(before, leg) : null;
                var changed = legs is null ? 0 : await statements.ExecuteAsync(
                    "UPDATE authorization_requests SET legs = @legs WHERE id = @id AND phase = 'upstream' AND expires_at > @now",
                    ("id", id),
                    ("legs", legs),
                    ("now", now));
                return await OutcomeAsync(statements, id, now, changed);
            },
            cancellationToken);

    public Task<AuthorizationRequest?> FindBySessionAsync(SessionId sessionId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync(
                $"SELECT {AuthorizationRequestColumns.All} FROM authorization_requests WHERE session_id = @session_id",
                AuthorizationRequestColumns.Read,
                ("session_id", sessionId)),
            cancellationToken);

    public Task<AuthorizationTransitionOutcome> CompleteAsync(string id, Session? session, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var outcome = await MoveAsync(statements, id, AuthorizationPhase.Upstream, AuthorizationPhase.Completed, now);
                if (outcome == AuthorizationTransitionOutcome.Moved)
                {
                    if (session is not null)
                    {
                        await SessionRows.InsertAsync(statements, session);
                    }

                    await AuditRows.AppendAsync(statements, audit);
                }

                return outcome;
            },
            cancellationToken);

    public Task<AuthorizationTransitionOutcome> FailAsync(string id, AuditEvent? audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var outcome = await OutcomeAsync(
                    statements,
                    id,
                    now,
                    changed: await statements.ExecuteAsync(
                        "UPDATE authorization_requests SET phase = 'failed' WHERE id = @id AND phase IN ('sign_in', 'consent', 'upstream') AND expires_at > @now",
                        ("id", id),
                        ("now", now)));
                if (outcome == AuthorizationTransitionOutcome.Moved)
                {
                    await AppendIfAnyAsync(statements, audit);
                }

                return outcome;
            },
            cancellationToken);

    private static async Task<AuthorizationTransitionOutcome> SignInAsync(PostgresStatements statements, string id, Subject subject, DateTimeOffset authenticatedAt, DateTimeOffset now) =>
        await OutcomeAsync(
            statements,
            id,
            now,
            changed: await statements.ExecuteAsync(
                """
                UPDATE authorization_requests
                SET phase = 'consent', subject_kind = @subject_kind, subject_id = @subject_id, authenticated_at = @authenticated_at
                WHERE id = @id AND phase = 'sign_in' AND expires_at > @now
                """,
                ("id", id),
                ("subject_kind", subject.KindName),
                ("subject_id", subject.Id),
                ("authenticated_at", authenticatedAt),
                ("now", now)));

    private static Task<AuthorizationRequest?> FindAsync(PostgresStatements statements, string id) => statements.QuerySingleAsync(
        $"SELECT {AuthorizationRequestColumns.All} FROM authorization_requests WHERE id = @id",
        AuthorizationRequestColumns.Read,
        ("id", id));

    private static async Task<AuthorizationTransitionOutcome> MoveAsync(PostgresStatements statements, string id, AuthorizationPhase from, AuthorizationPhase to, DateTimeOffset now) =>
        await OutcomeAsync(
            statements,
            id,
            now,
            changed: await statements.ExecuteAsync(
                "UPDATE authorization_requests SET phase = @to WHERE id = @id AND phase = @from AND expires_at > @now",
                ("id", id),
                ("from", StoredWords.Phase.Write(from)),
                ("to", StoredWords.Phase.Write(to)),
                ("now", now)));

    private static async Task<AuthorizationTransitionOutcome> OutcomeAsync(PostgresStatements statements, string id, DateTimeOffset now, int changed, AuthorizationPhase? from = null) =>
        changed == 1
            ? AuthorizationTransitionOutcome.Moved
            : await FindAsync(statements, id) switch
            {
                null => AuthorizationTransitionOutcome.NotFound,
                var request when request.ExpiresAt <= now => AuthorizationTransitionOutcome.Expired,
                var request when request.Phase == from => AuthorizationTransitionOutcome.LinkUsed,
                _ => AuthorizationTransitionOutcome.WrongPhase,
            };

    private static async Task AppendIfAnyAsync(PostgresStatements statements, AuditEvent? audit)
    {
        if (audit is not null)
        {
            await AuditRows.AppendAsync(statements, audit);
        }
    }
}
