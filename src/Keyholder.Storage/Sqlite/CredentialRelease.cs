using Keyholder.Sessions;
using Keyholder.Upstream.Revocation;
using Keyholder.Vault;

namespace Keyholder.Storage.Sqlite;

/// <summary>Takes credentials out of the vault, inside the transaction of what ends them: pending flows first, so that no late callback brings one back, and what a provider has to be told into the outbox.</summary>
internal static class CredentialRelease
{
    /// <summary>Those that the session, just revoked, alone held.</summary>
    public static void OfSession(PreparedConnection connection, SessionId session, DateTimeOffset now) => Release(
        connection,
        ReleasedCredentials.OfRevokedSession,
        UpstreamRevocationCauses.SessionEnded,
        now,
        ("@session", session),
        ("@owner", session.ToString()));

    /// <summary>Those of every revoked session that alone held them.</summary>
    public static void OfRevokedSessions(PreparedConnection connection, DateTimeOffset now) =>
        Release(connection, ReleasedCredentials.OfRevokedSessions, UpstreamRevocationCauses.SessionEnded, now);

    /// <summary>All of an owner that is deleted.</summary>
    public static void OfDeletedOwner(PreparedConnection connection, CredentialOwner owner, DateTimeOffset now) => Release(
        connection,
        ReleasedCredentials.OfOwner,
        UpstreamRevocationCauses.Deleted,
        now,
        ("@owner_kind", owner.KindName),
        ("@owner", owner.Id));

    /// <summary>One that is deleted; how many there were.</summary>
    public static int OfDeletedRow(PreparedConnection connection, byte[] rowId, DateTimeOffset now) =>
        Release(connection, ReleasedCredentials.OfRow, UpstreamRevocationCauses.Deleted, now, ("@row", rowId));

    /// <summary>One whose sessions are gone, if it still is; how many there were.</summary>
    public static int OfSwept(PreparedConnection connection, SweepRows rows, object key, DateTimeOffset before, DateTimeOffset now) =>
        Release(connection, $"{rows.Key} = @key AND {rows.Condition}", UpstreamRevocationCauses.SessionEnded, now, ("@key", key), ("@before", before));

    private static int Release(PreparedConnection connection, string which, string cause, DateTimeOffset now, params (string, object?)[] parameters)
    {
        connection.Execute(
            $"DELETE FROM connection_flows WHERE (owner_kind, owner_id, provider) IN (SELECT owner_kind, owner_id, provider FROM credentials WHERE {which})", parameters);
        connection.Execute(
            $"INSERT INTO {ReleasedCredentials.Outbox} SELECT {ReleasedCredentials.Kept} FROM credentials WHERE kind = 'oauth' AND {which}",
            [.. parameters, ("@cause", cause), ("@now", now)]);
        return connection.Execute($"DELETE FROM credentials WHERE {which}", parameters);
    }
}
