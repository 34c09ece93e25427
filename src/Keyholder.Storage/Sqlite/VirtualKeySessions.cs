using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <summary>
/// What was signed in with a virtual key, which ends with a secret that is ended at once: whoever had that secret could have signed in with it. Each session gets an entry
/// of its own in the log, since one for the key would end its new secret too.
/// </summary>
internal static class VirtualKeySessions
{
    /// <summary>Ends it, and gives back the entries appended, one for each session.</summary>
    public static List<RevocationLogEntry> End(PreparedConnection connection, string keyId, DateTimeOffset now)
    {
        connection.Execute(
            """
            UPDATE authorization_requests SET phase = 'failed'
            WHERE subject_kind = 'vk' AND subject_id = $id AND phase IN ('consent', 'upstream')
            """,
            ("$id", keyId));
        var ended = connection.Query(
            """
            UPDATE sessions SET revoked_at = $now, revoked_reason = $reason
            WHERE subject_kind = 'vk' AND subject_id = $id AND authenticated_at <= $now
              AND revoked_at IS NULL AND idle_expires_at > $now AND absolute_expires_at > $now
            RETURNING id
            """,
            row => row.SessionId(0),
            ("$id", keyId),
            ("$now", now),
            ("$reason", RevocationReasons.VirtualKeySecretEnded));
        if (ended.Count > 0)
        {
            CredentialRelease.OfRevokedSessions(connection, now);
        }

        return [.. ended.Select(session => RevocationRows.Append(connection, SessionRevocation.Entry(session, RevocationReasons.VirtualKeySecretEnded, now)))];
    }
}
