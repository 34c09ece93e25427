namespace Keyholder.Storage;

/// <summary>What each sweep target means in rows, the same in every backend: <c>@before</c> is the latest moment that goes.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">A unique column.</param>
/// <param name="Condition">When a row goes.</param>
/// <param name="Moment">The column that puts the oldest first.</param>
internal sealed record SweepRows(string Table, string Key, string Condition, string Moment)
{
    /// <summary>Finds the keys of at most <c>@limit</c> rows.</summary>
    public string Select { get; } = $"SELECT {Key} FROM {Table} WHERE {Condition} ORDER BY {Moment} LIMIT @limit";

    /// <summary>Deletes the row <c>@key</c>, if it still may go.</summary>
    public string Delete { get; } = $"DELETE FROM {Table} WHERE {Key} = @key AND {Condition}";

    private static readonly Dictionary<SweepTarget, SweepRows> All = new()
    {

        // Only the request knows which browser approved an anonymous session, and may connect for it.
        [SweepTarget.AuthorizationRequests] = new(
            "authorization_requests",
            "id",
            """
            expires_at <= @before
              AND NOT (phase = 'completed' AND EXISTS (
                SELECT 1 FROM sessions
                WHERE sessions.id = authorization_requests.session_id AND sessions.subject_kind = 'session' AND sessions.revoked_at IS NULL))
            """,
            "expires_at"),
        [SweepTarget.DeviceAuthorizations] = new("device_authorizations", "session_id", "expires_at <= @before", "expires_at"),
        [SweepTarget.ConnectionFlows] = new("connection_flows", "state_hash", "expires_at <= @before", "expires_at"),
        [SweepTarget.BrowserSessions] = new("browser_sessions", "secret_hash", "expires_at <= @before", "expires_at"),
        [SweepTarget.UnredeemedSessions] = new(
            "sessions", "id", "revoked_at IS NULL AND code_redeemed_at IS NULL AND code_expires_at <= @before", "code_expires_at"),

        // No session expires before it was created: those younger need not be looked at.
        [SweepTarget.ExpiredSessions] = new(
            "sessions", "id", "revoked_at IS NULL AND created_at <= @before AND (idle_expires_at <= @before OR absolute_expires_at <= @before)", "created_at"),
        [SweepTarget.RevokedSessions] = new("sessions", "id", "revoked_at <= @before", "revoked_at"),
        [SweepTarget.UnusedClients] = new(
            "clients",
            "id",
            """
            source = 'dynamic' AND created_at <= @before
              AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.client_id = clients.id AND sessions.revoked_at IS NULL)
              AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.client_id = clients.id AND sessions.revoked_at IS NOT NULL)
              AND NOT EXISTS (SELECT 1 FROM authorization_requests WHERE authorization_requests.client_id = clients.id)
              AND NOT EXISTS (SELECT 1 FROM device_authorizations WHERE device_authorizations.client_id = clients.id)
            """,
            "created_at"),
        [SweepTarget.ExpiredClients] = new("clients", "id", "expires_at <= @before", "expires_at"),
        [SweepTarget.ClientSnapshots] = new(
            "client_snapshots",
            "client_id",
            """
            taken_at <= @before
              AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.client_id = client_snapshots.client_id AND sessions.revoked_at IS NULL)
              AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.client_id = client_snapshots.client_id AND sessions.revoked_at IS NOT NULL)
            """,
            "taken_at"),
        [SweepTarget.OrphanedCredentials] = new("credentials", "row_id", "status = 'orphaned' AND updated_at <= @before", "updated_at"),
        [SweepTarget.SessionCredentials] = new(
            "credentials",
            "row_id",
            """
            owner_kind = 'session' AND updated_at <= @before
              AND NOT EXISTS (
                SELECT 1 FROM sessions
                WHERE sessions.subject_kind = 'session' AND sessions.subject_id = credentials.owner_id AND sessions.revoked_at IS NULL)
              AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.id = credentials.session_id AND sessions.revoked_at IS NULL)
            """,
            "updated_at"),
        [SweepTarget.UpstreamRevocations] = new("upstream_revocations", "id", "finished_at <= @before", "finished_at"),
        [SweepTarget.Revocations] = new("revocations", "sequence", "expires_at <= @before", "expires_at"),
        [SweepTarget.SupersededSigningKeys] = new(
            "signing_keys",
            "id",
            """
            EXISTS (SELECT 1 FROM signing_keys AS later WHERE later.signs_from > signing_keys.signs_from AND later.signs_from <= @before)
            """,
            "signs_from"),
        [SweepTarget.AuditEvents] = new("audit_events", "id", "at <= @before", "at"),
    };

    /// <summary>The rows of a target.</summary>
    public static SweepRows Of(SweepTarget target) => All[target];
}
