using Keyholder.Sessions;
using Keyholder.Upstream.Revocation;
using Keyholder.Vault;

namespace Keyholder.Storage.Postgres;

/// <summary>Takes credentials out of the vault, inside the transaction of what ends them: pending flows first, so that no late callback brings one back, and what a provider has to be told into the outbox.</summary>
internal static class CredentialRelease
{
    /// <summary>Those that the session, just revoked, alone held.</summary>
    public static Task OfSessionAsync(PostgresStatements statements, SessionId session, DateTimeOffset now) => ReleaseAsync(
        statements,
        ReleasedCredentials.OfRevokedSession,
        UpstreamRevocationCauses.SessionEnded,
        now,
        ("session", session),
        ("owner", session.ToString()));

    /// <summary>Those of every revoked session that alone held them.</summary>
    public static Task OfRevokedSessionsAsync(PostgresStatements statements, DateTimeOffset now) =>
        ReleaseAsync(statements, ReleasedCredentials.OfRevokedSessions, UpstreamRevocationCauses.SessionEnded, now);

    /// <summary>All of an owner that is deleted.</summary>
    public static Task OfDeletedOwnerAsync(PostgresStatements statements, CredentialOwner owner, DateTimeOffset now) => ReleaseAsync(
        statements,
        ReleasedCredentials.OfOwner,
        UpstreamRevocationCauses.Deleted,
        now,
        ("owner_kind", owner.KindName),
        ("owner", owner.Id));

    /// <summary>One that is deleted; how many there were.</summary>
    public static Task<int> OfDeletedRowAsync(PostgresStatements statements, byte[] rowId, DateTimeOffset now) =>
        ReleaseAsync(statements, ReleasedCredentials.OfRow, UpstreamRevocationCauses.Deleted, now, ("row", rowId));

    /// <summary>A batch of those whose sessions are gone; how many there were. One that somebody holds is passed over.</summary>
    public static Task<int> OfSweptAsync(PostgresStatements statements, SweepRows rows, DateTimeOffset before, int limit, DateTimeOffset now) => ReleaseSelectedAsync(
        statements,
        $"{rows.Condition} ORDER BY {rows.Moment} LIMIT @limit FOR UPDATE SKIP LOCKED",
        UpstreamRevocationCauses.SessionEnded,
        now,
        ("before", before),
        ("limit", limit));

    // Locked in one order, so that two that end the same ones do not wait for each other in a circle.
    private static Task<int> ReleaseAsync(
        PostgresStatements statements, string which, string cause, DateTimeOffset now, params (string Name, PostgresValue Value)[] parameters) =>
        ReleaseSelectedAsync(statements, which + " ORDER BY row_id FOR UPDATE", cause, now, parameters);

    // One statement, so that what is kept is what goes.
    private static Task<int> ReleaseSelectedAsync(
        PostgresStatements statements, string selected, string cause, DateTimeOffset now, params (string Name, PostgresValue Value)[] parameters) => statements.ExecuteAsync(
            $"""
            WITH gone AS MATERIALIZED (SELECT * FROM credentials WHERE {selected}),
              flows AS (
                DELETE FROM connection_flows USING gone
                WHERE connection_flows.owner_kind = gone.owner_kind AND connection_flows.owner_id = gone.owner_id AND connection_flows.provider = gone.provider),
              kept AS (INSERT INTO {ReleasedCredentials.Outbox} SELECT {ReleasedCredentials.Kept} FROM gone WHERE kind = 'oauth')
            DELETE FROM credentials USING gone WHERE credentials.row_id = gone.row_id
            """,
            [.. parameters, ("cause", cause), ("now", now)]);
}
