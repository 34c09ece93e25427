using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <summary>
/// What was signed in with a virtual key, which ends with a secret that is ended at once: whoever had that secret could have signed in with it. Each session gets an entry
/// of its own in the log, since one for the key would end its new secret too.
/// </summary>
internal static class VirtualKeySessions
{
    private const string Pending = "subject_kind = 'vk' AND subject_id = @id AND phase IN ('consent', 'upstream')";
    private const string SignedIn = "subject_kind = 'vk' AND subject_id = @id AND authenticated_at <= @now AND revoked_at IS NULL AND idle_expires_at > @now AND absolute_expires_at > @now";

    /// <summary>Locks it, before rows of keys and the lock of the log (<see cref="PostgresLocks"/>). Requests come first: one that completes meanwhile has its session by then.</summary>
    public static async Task LockAsync(PostgresStatements statements, string keyId, DateTimeOffset now)
    {
        await statements.AnyAsync($"SELECT count(*) FROM (SELECT 1 FROM authorization_requests WHERE {Pending} ORDER BY id FOR UPDATE) AS locked", ("id", keyId));
        await statements.AnyAsync($"SELECT count(*) FROM (SELECT 1 FROM sessions WHERE {SignedIn} ORDER BY id FOR UPDATE) AS locked", ("id", keyId), ("now", now));
    }

    /// <summary>Ends it, and gives back the entries appended, one for each session.</summary>
    public static async Task<List<RevocationLogEntry>> EndAsync(PostgresStatements statements, string keyId, DateTimeOffset now)
    {
        await statements.ExecuteAsync($"UPDATE authorization_requests SET phase = 'failed' WHERE {Pending}", ("id", keyId));
        var ended = await statements.QueryAsync(
            $"UPDATE sessions SET revoked_at = @now, revoked_reason = @reason WHERE {SignedIn} RETURNING id",
            row => row.SessionId(0),
            ("id", keyId),
            ("now", now),
            ("reason", RevocationReasons.VirtualKeySecretEnded));
        if (ended.Count > 0)
        {
            await CredentialRelease.OfRevokedSessionsAsync(statements, now);
        }

        var appended = new List<RevocationLogEntry>();
        foreach (var session in ended)
        {
            appended.Add(await RevocationRows.AppendAsync(statements, SessionRevocation.Entry(session, RevocationReasons.VirtualKeySecretEnded, now)));
        }

        return appended;
    }
}
