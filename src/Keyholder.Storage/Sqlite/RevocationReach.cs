using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Sqlite;

/// <summary>The rows a revocation means, see <see cref="IRevocationStore"/>.</summary>
internal static class RevocationReach
{
    private const string Live = "revoked_at IS NULL AND idle_expires_at > $cut_off AND absolute_expires_at > $cut_off";

    // A key that belongs to a user acts for that user.
    private const string OfSubject = """
        (subject_kind = $subject_kind AND subject_id = $subject_id)
          OR ($subject_kind = 'user' AND subject_kind = 'vk' AND subject_id IN (SELECT id FROM virtual_keys WHERE owner_user_id = $subject_id))
        """;

    public static int Count(PreparedConnection connection, RevocationEntry revocation, IReadOnlyList<string> resources) =>
        (int)connection.Scalar($"SELECT count(*) FROM sessions WHERE {Live} AND {WhichSessions(revocation.Target.Kind)}", Parameters(revocation, resources));

    /// <summary>The sessions among them that were used so lately that an access token may just be being signed for them.</summary>
    public static List<SessionId> InUse(PreparedConnection connection, RevocationEntry revocation, IReadOnlyList<string> resources) => connection.Query(
        $"SELECT id FROM sessions WHERE {Live} AND last_used_at > $in_use AND {WhichSessions(revocation.Target.Kind)}",
        row => row.SessionId(0),
        [.. Parameters(revocation, resources), ("$in_use", revocation.CutOff - RevokedRows.InFlight)]);

    /// <summary>Revokes the sessions, with the credentials they alone held, and the admin tokens, ends the browser sessions, and says how many sessions it were.</summary>
    public static int Revoke(PreparedConnection connection, RevocationEntry revocation, IReadOnlyList<string> resources)
    {
        VirtualKeyRows.EndSecrets(connection, revocation);
        if (WhichBrowserSessions(revocation.Target) is { } browsers)
        {
            connection.Execute($"DELETE FROM browser_sessions WHERE authenticated_at <= $cut_off AND {browsers}", Parameters(revocation, resources));
        }

        if (WhichAdminTokens(revocation.Target) is { } tokens)
        {
            connection.Execute($"UPDATE admin_tokens SET revoked_at = $cut_off WHERE revoked_at IS NULL AND {tokens}", Parameters(revocation, resources));
        }

        var revoked = connection.Execute(
            $"UPDATE sessions SET revoked_at = $cut_off, revoked_reason = $reason WHERE {Live} AND {WhichSessions(revocation.Target.Kind)}",
            [.. Parameters(revocation, resources), ("$reason", RevocationReasons.Operator)]);
        if (revoked > 0)
        {
            CredentialRelease.OfRevokedSessions(connection, revocation.CutOff);
        }

        return revoked;
    }

    private static string WhichSessions(RevocationTargetKind kind) => kind switch
    {
        RevocationTargetKind.Session => "id = $session",
        RevocationTargetKind.Subject or RevocationTargetKind.VirtualKey => $"({OfSubject}) AND authenticated_at <= $cut_off",
        RevocationTargetKind.Client => "client_id = $value AND created_at <= $cut_off",
        RevocationTargetKind.Resource or RevocationTargetKind.Provider => "resource IN (SELECT value FROM json_each($resources)) AND created_at <= $cut_off",
        RevocationTargetKind.All => "authenticated_at <= $cut_off",
        _ => "FALSE",
    };

    private static string? WhichBrowserSessions(RevocationTarget target) => target.Kind switch
    {
        RevocationTargetKind.All => "TRUE",
        RevocationTargetKind.Subject when RevokedRows.SubjectOf(target) is { Kind: SubjectKind.User } => "user_id = $subject_id",
        _ => null,
    };

    private static string? WhichAdminTokens(RevocationTarget target) =>
        target.Kind == RevocationTargetKind.All ? "created_at <= $cut_off"
        : RevokedRows.AdminTokenOf(target) is null ? null
        : "id = $admin_token";

    private static (string, object?)[] Parameters(RevocationEntry revocation, IReadOnlyList<string> resources)
    {
        var subject = RevokedRows.SubjectOf(revocation.Target);
        return
        [
            ("$cut_off", revocation.CutOff),
            ("$value", revocation.Target.Value),
            ("$session", SessionId.TryParse(revocation.Target.Value, out var session) ? session : null),
            ("$subject_kind", subject?.KindName),
            ("$subject_id", subject?.Id),
            ("$resources", JsonText.Write(resources)),
            ("$admin_token", RevokedRows.AdminTokenOf(revocation.Target)),
        ];
    }
}
