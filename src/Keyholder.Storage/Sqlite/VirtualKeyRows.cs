using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>virtual_keys</c>, and what goes with them.</summary>
internal static class VirtualKeyRows
{
    public static VirtualKey? Find(PreparedConnection connection, string id) =>
        connection.QuerySingle($"SELECT {VirtualKeyColumns.All} FROM virtual_keys WHERE id = $id", VirtualKeyColumns.Read, ("$id", id));

    /// <summary>Whether a key works with a secret.</summary>
    public static bool IsLive(PreparedConnection connection, PresentedSecret secret, DateTimeOffset now) =>
        Find(connection, secret.KeyId) is { } key
            && key.StatusAt(now) == VirtualKeyStatus.Active
            && key.FindSecret(secret, now) is not null
            && (key.OwnerUserId is null || connection.Any("SELECT 1 FROM users WHERE id = $id AND disabled_at IS NULL", ("$id", key.OwnerUserId)));

    /// <summary>Why a key cannot be stored as it shall be, or null. What stays as it was is not asked again.</summary>
    public static VirtualKeyWriteOutcome? FindProblem(PreparedConnection connection, VirtualKey key, VirtualKey? before = null) =>
        key.Name != before?.Name && connection.Any("SELECT 1 FROM virtual_keys WHERE name = $name", ("$name", key.Name)) ? VirtualKeyWriteOutcome.NameTaken
        : key.OwnerUserId is { } owner && owner != before?.OwnerUserId
            && !connection.Any("SELECT 1 FROM users WHERE id = $id AND disabled_at IS NULL", ("$id", owner)) ? VirtualKeyWriteOutcome.OwnerInactive
        : null;

    public static void Insert(PreparedConnection connection, VirtualKey key) => connection.Execute(
        $"""
        INSERT INTO virtual_keys ({VirtualKeyColumns.All}) VALUES (
          $id, $name, $owner_user_id, $generation, $secret_hash, $secret_issued_at, $previous_hash, $previous_issued_at, $previous_expires_at,
          $created_at, $expires_at, $deactivated_at, $last_used_at, $declared, $withdrawn)
        """,
        ("$id", key.Id),
        ("$name", key.Name),
        ("$owner_user_id", key.OwnerUserId),
        ("$generation", key.Generation),
        ("$secret_hash", key.SecretHash),
        ("$secret_issued_at", key.SecretIssuedAt),
        ("$previous_hash", key.Previous?.Hash),
        ("$previous_issued_at", key.Previous?.IssuedAt),
        ("$previous_expires_at", key.Previous?.ExpiresAt),
        ("$created_at", key.CreatedAt),
        ("$expires_at", key.ExpiresAt),
        ("$deactivated_at", key.DeactivatedAt),
        ("$last_used_at", key.LastUsedAt),
        ("$declared", key.Declared),
        ("$withdrawn", key.Withdrawn));

    /// <summary>Writes what a <see cref="VirtualKeyChange"/> can change.</summary>
    public static void Update(PreparedConnection connection, VirtualKey key) => connection.Execute(
        "UPDATE virtual_keys SET name = $name, owner_user_id = $owner_user_id, expires_at = $expires_at, deactivated_at = $deactivated_at, withdrawn = $withdrawn WHERE id = $id",
        ("$id", key.Id),
        ("$name", key.Name),
        ("$owner_user_id", key.OwnerUserId),
        ("$expires_at", key.ExpiresAt),
        ("$deactivated_at", key.DeactivatedAt),
        ("$withdrawn", key.Withdrawn));

    /// <summary>Replaces the secret; false when the generation is another. A replaced secret that the kill switch ended, or without overlap, is not kept.</summary>
    public static bool Rotate(PreparedConnection connection, VirtualKeyRotation rotation, DateTimeOffset now) => connection.Execute(
        """
        UPDATE virtual_keys
        SET generation = generation + 1, secret_hash = $secret_hash, secret_issued_at = $now,
            previous_hash = CASE WHEN $overlap_ends_at > $now THEN secret_hash END,
            previous_issued_at = CASE WHEN $overlap_ends_at > $now AND secret_hash IS NOT NULL THEN secret_issued_at END,
            previous_expires_at = CASE WHEN $overlap_ends_at > $now AND secret_hash IS NOT NULL THEN $overlap_ends_at END
        WHERE id = $id AND generation = $generation
        """,
        ("$id", rotation.KeyId),
        ("$generation", rotation.Generation),
        ("$secret_hash", rotation.SecretHash),
        ("$overlap_ends_at", rotation.OverlapEndsAt),
        ("$now", now)) == 1;

    /// <summary>Ends the secrets a permanent revocation means: its entry is forgotten one day, and a secret has no end of its own.</summary>
    public static void EndSecrets(PreparedConnection connection, RevocationEntry revocation)
    {
        if (RevokedSecrets.Of(revocation.Target) is not { } secrets)
        {
            return;
        }

        (string, object?)[] parameters = [("$id", secrets.KeyId), ("$owner", secrets.OwnerUserId), ("$generation", secrets.Generation), ("$cut_off", revocation.CutOff)];
        connection.Execute(
            """
            UPDATE virtual_keys SET secret_hash = NULL
            WHERE ($id IS NULL OR id = $id) AND ($owner IS NULL OR owner_user_id = $owner) AND ($generation IS NULL OR generation = $generation) AND secret_issued_at <= $cut_off
            """,
            parameters);
        connection.Execute(
            """
            UPDATE virtual_keys SET previous_hash = NULL, previous_issued_at = NULL, previous_expires_at = NULL
            WHERE ($id IS NULL OR id = $id) AND ($owner IS NULL OR owner_user_id = $owner) AND ($generation IS NULL OR generation = $generation + 1) AND previous_issued_at <= $cut_off
            """,
            parameters);
    }

    /// <summary>Deletes the key and all that is its own, and revokes its sessions; unless there is none, or it is declared.</summary>
    public static VirtualKeyWriteOutcome Delete(PreparedConnection connection, string id, RevocationEntry revocation)
    {
        switch (Find(connection, id))
        {
            case null:
                return VirtualKeyWriteOutcome.NotFound;
            case { Declared: true }:
                return VirtualKeyWriteOutcome.Declared;
        }

        connection.Execute("DELETE FROM virtual_keys WHERE id = $id", ("$id", id));

        connection.Execute(
            "UPDATE sessions SET revoked_at = $now, revoked_reason = $reason WHERE subject_kind = 'vk' AND subject_id = $id AND revoked_at IS NULL",
            ("$id", id),
            ("$now", revocation.CutOff),
            ("$reason", RevocationReasons.VirtualKeyDeleted));
        connection.Execute("DELETE FROM connection_flows WHERE owner_kind = 'vk' AND owner_id = $id", ("$id", id));
        CredentialRelease.OfDeletedOwner(connection, new(CredentialOwnerKind.VirtualKey, id), revocation.CutOff);
        CredentialRelease.OfRevokedSessions(connection, revocation.CutOff);
        connection.Execute("DELETE FROM consents WHERE subject_kind = 'vk' AND subject_id = $id", ("$id", id));
        return VirtualKeyWriteOutcome.Done;
    }

    /// <summary>Records a change of a key, and tells every node of it.</summary>
    public static void Announce(PreparedConnection connection, AuditEvent audit, string id, DateTimeOffset now)
    {
        AuditRows.Append(connection, audit);
        RevocationRows.AppendNotice(connection, RevocationNotice.Of(new(RevocationTargetKind.VirtualKey, id), now));
    }
}
