namespace Keyholder.Storage;

/// <summary>
/// Which credentials go, and what stays of them for their providers, the same in every backend. A credential of a session goes with the session, unless
/// another session of the same anonymous subject goes on: credentials of users, virtual keys and everybody go only when they are deleted themselves.
/// </summary>
internal static class ReleasedCredentials
{
    /// <summary>Those whose session was revoked.</summary>
    public const string OfRevokedSessions = """
        owner_kind = 'session'
          AND (
            EXISTS (SELECT 1 FROM sessions WHERE sessions.id = credentials.session_id AND sessions.revoked_at IS NOT NULL)
            OR EXISTS (
              SELECT 1 FROM sessions
              WHERE sessions.subject_kind = 'session' AND sessions.subject_id = credentials.owner_id AND sessions.revoked_at IS NOT NULL))
          AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.id = credentials.session_id AND sessions.revoked_at IS NULL)
          AND NOT EXISTS (
            SELECT 1 FROM sessions
            WHERE sessions.subject_kind = 'session' AND sessions.subject_id = credentials.owner_id AND sessions.revoked_at IS NULL)
        """;

    /// <summary>Those of one session that was revoked: <c>@session</c>, by its text form <c>@owner</c>.</summary>
    public const string OfRevokedSession =
        OfRevokedSessions + " AND owner_id IN (@owner, (SELECT subject_id FROM sessions WHERE id = @session AND subject_kind = 'session'))";

    /// <summary>Those of an owner: <c>@owner_kind</c>, <c>@owner</c>.</summary>
    public const string OfOwner = "owner_kind = @owner_kind AND owner_id = @owner";

    /// <summary>The one with that row id: <c>@row</c>.</summary>
    public const string OfRow = "row_id = @row";

    /// <summary>What becomes a row of <c>upstream_revocations</c>: <c>@cause</c>, <c>@now</c>.</summary>
    public const string Kept =
        "row_id, owner_kind, owner_id, provider, provider_subject, bound_subject, bound_client, version, envelope, @cause, 'pending', 0, @now, @now";

    /// <summary>The columns it goes to.</summary>
    public const string Outbox =
        "upstream_revocations (id, owner_kind, owner_id, provider, provider_subject, bound_subject, bound_client, version, envelope, cause, status, attempts, due_at, created_at)";
}
