using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>virtual_keys</c>, and what goes with them.</summary>
internal static class VirtualKeyRows
{
    public static Task<VirtualKey?> FindAsync(PostgresStatements statements, string id) =>
        statements.QuerySingleAsync($"SELECT {VirtualKeyColumns.All} FROM virtual_keys WHERE id = @id", VirtualKeyColumns.Read, ("id", id));

    /// <summary>The key, which nobody else changes until the transaction is over; null when there is none.</summary>
    public static Task<VirtualKey?> LockAsync(PostgresStatements statements, string id) =>
        statements.QuerySingleAsync($"SELECT {VirtualKeyColumns.All} FROM virtual_keys WHERE id = @id FOR UPDATE", VirtualKeyColumns.Read, ("id", id));

    /// <summary>Whether a key works with a secret, and goes on doing so until the transaction is over.</summary>
    public static async Task<bool> IsLiveAsync(PostgresStatements statements, PresentedSecret secret, DateTimeOffset now)
    {
        var key = await statements.QuerySingleAsync(
            $"SELECT {VirtualKeyColumns.All} FROM virtual_keys WHERE id = @id FOR SHARE", VirtualKeyColumns.Read, ("id", secret.KeyId));
        return key is not null
            && key.StatusAt(now) == VirtualKeyStatus.Active
            && key.FindSecret(secret, now) is not null
            && (key.OwnerUserId is null || await statements.AnyAsync("SELECT 1 FROM users WHERE id = @id AND disabled_at IS NULL", ("id", key.OwnerUserId)));
    }

    /// <summary>As <see cref="LockForGrantsAsync"/>, and why the key's grants cannot be changed, or null.</summary>
    public static async Task<GrantWriteOutcome?> FindGrantProblemAsync(PostgresStatements statements, string id)
    {
        await statements.LockSharedAsync(PostgresLocks.Grants);
        return await LockAsync(statements, id) switch
        {
            null => GrantWriteOutcome.KeyNotFound,
            { Declared: not null } => GrantWriteOutcome.Declared,
            _ => null,
        };
    }

    /// <summary>Locks a key for a change of what it may use or holds; false when there is none.</summary>
    public static async Task<bool> LockForGrantsAsync(PostgresStatements statements, string id)
    {
        await statements.LockSharedAsync(PostgresLocks.Grants);
        return await statements.AnyAsync("SELECT 1 FROM virtual_keys WHERE id = @id FOR UPDATE", ("id", id));
    }

    /// <summary>Why a key cannot be stored as it shall be, or null. What stays as it was is not asked again.</summary>
    public static async Task<VirtualKeyWriteOutcome?> FindProblemAsync(PostgresStatements statements, VirtualKey key, VirtualKey? before = null)
    {
        if (key.Name != before?.Name)
        {
            await statements.LockAsync(PostgresLocks.VirtualKeyNames, key.Name);
            if (await statements.AnyAsync("SELECT 1 FROM virtual_keys WHERE name = @name", ("name", key.Name)))
            {
                return VirtualKeyWriteOutcome.NameTaken;
            }
        }

        return key.OwnerUserId is { } owner && owner != before?.OwnerUserId
            && !await statements.AnyAsync("SELECT 1 FROM users WHERE id = @id AND disabled_at IS NULL", ("id", owner))
                ? VirtualKeyWriteOutcome.OwnerInactive
                : null;
    }

    public static Task InsertAsync(PostgresStatements statements, VirtualKey key) => statements.ExecuteAsync(
        $"""
        INSERT INTO virtual_keys ({VirtualKeyColumns.All}) VALUES (
          @id, @name, @owner_user_id, @generation, @secret_hash, @secret_issued_at, @previous_hash, @previous_issued_at, @previous_expires_at,
          @created_at, @expires_at, @deactivated_at, @last_used_at, @declared, @withdrawn)
        """,
        ("id", key.Id),
        ("name", key.Name),
        ("owner_user_id", key.OwnerUserId),
        ("generation", key.Generation),
        ("secret_hash", key.SecretHash),
        ("secret_issued_at", key.SecretIssuedAt),
        ("previous_hash", key.Previous?.Hash),
        ("previous_issued_at", key.Previous?.IssuedAt),
        ("previous_expires_at", key.Previous?.ExpiresAt),
        ("created_at", key.CreatedAt),
        ("expires_at", key.ExpiresAt),
        ("deactivated_at", key.DeactivatedAt),
        ("last_used_at", key.LastUsedAt),
        ("declared", key.Declared),
        ("withdrawn", key.Withdrawn));

    /// <summary>Writes what a <see cref="VirtualKeyChange"/> can change.</summary>
    public static Task UpdateAsync(PostgresStatements statements, VirtualKey key) => statements.ExecuteAsync(
        "UPDATE virtual_keys SET name = @name, owner_user_id = @owner_user_id, expires_at = @expires_at, deactivated_at = @deactivated_at, withdrawn = @withdrawn WHERE id = @id",
        ("id", key.Id),
        ("name", key.Name),
        ("owner_user_id", key.OwnerUserId),
        ("expires_at", key.ExpiresAt),
        ("deactivated_at", key.DeactivatedAt),
        ("withdrawn", key.Withdrawn));

    /// <summary>Replaces the secret; false when the generation is another. A replaced secret that the kill switch ended, or without overlap, is not kept.</summary>
    public static async Task<bool> RotateAsync(PostgresStatements statements, VirtualKeyRotation rotation, DateTimeOffset now) => await statements.ExecuteAsync(
        """
        UPDATE virtual_keys
        SET generation = generation + 1, secret_hash = @secret_hash, secret_issued_at = @now,
            previous_hash = CASE WHEN @overlap_ends_at > @now THEN secret_hash END,
            previous_issued_at = CASE WHEN @overlap_ends_at > @now AND secret_hash IS NOT NULL THEN secret_issued_at END,
            previous_expires_at = CASE WHEN @overlap_ends_at > @now AND secret_hash IS NOT NULL THEN @overlap_ends_at END
        WHERE id = @id AND generation = @generation
        """,
        ("id", rotation.KeyId),
        ("generation", rotation.Generation),
        ("secret_hash", rotation.SecretHash),
        ("overlap_ends_at", rotation.OverlapEndsAt),
        ("now", now)) == 1;

    /// <summary>Ends the secrets a permanent revocation means: its entry is forgotten one day, and a secret has no end of its own.</summary>
    public static async Task EndSecretsAsync(PostgresStatements statements, RevocationEntry revocation)
    {
        if (RevokedSecrets.Of(revocation.Target) is not { } secrets)
        {
            return;
        }

        // In id order, as everybody takes several keys.
        await statements.AnyAsync(
            """
            SELECT count(*) FROM (
              SELECT 1 FROM virtual_keys WHERE (@id IS NULL OR id = @id) AND (@owner IS NULL OR owner_user_id = @owner) ORDER BY id FOR UPDATE) AS locked
            """,
            ("id", secrets.KeyId),
            ("owner", secrets.OwnerUserId));
        (string, PostgresValue)[] parameters = [("id", secrets.KeyId), ("owner", secrets.OwnerUserId), ("generation", secrets.Generation), ("cut_off", revocation.CutOff)];
        await statements.ExecuteAsync(
            """
            UPDATE virtual_keys SET secret_hash = NULL
            WHERE (@id IS NULL OR id = @id) AND (@owner IS NULL OR owner_user_id = @owner) AND (@generation IS NULL OR generation = @generation) AND secret_issued_at <= @cut_off
            """,
            parameters);
        await statements.ExecuteAsync(
            """
            UPDATE virtual_keys SET previous_hash = NULL, previous_issued_at = NULL, previous_expires_at = NULL
            WHERE (@id IS NULL OR id = @id) AND (@owner IS NULL OR owner_user_id = @owner) AND (@generation IS NULL OR generation = @generation + 1) AND previous_issued_at <= @cut_off
            """,
            parameters);
    }

    /// <summary>Deletes the key and all that is its own, and revokes its sessions, whose rows come first (<see cref="PostgresLocks"/>); unless there is none, or it is declared.</summary>
    public static async Task<VirtualKeyWriteOutcome> DeleteAsync(PostgresStatements statements, string id, RevocationEntry revocation)
    {
        await statements.AnyAsync(
            """
            SELECT count(*) FROM (
              SELECT 1 FROM sessions WHERE subject_kind = 'vk' AND subject_id = @id AND revoked_at IS NULL ORDER BY id FOR UPDATE) AS locked
            """,
            ("id", id));
        await statements.LockSharedAsync(PostgresLocks.Grants);
        switch (await LockAsync(statements, id))
        {
            case null:
                return VirtualKeyWriteOutcome.NotFound;
            case { Declared: true }:
                return VirtualKeyWriteOutcome.Declared;
        }

        await statements.ExecuteAsync("DELETE FROM virtual_keys WHERE id = @id", ("id", id));

        await statements.ExecuteAsync(
            "UPDATE sessions SET revoked_at = @now, revoked_reason = @reason WHERE subject_kind = 'vk' AND subject_id = @id AND revoked_at IS NULL",
            ("id", id),
            ("now", revocation.CutOff),
            ("reason", RevocationReasons.VirtualKeyDeleted));
        await statements.ExecuteAsync("DELETE FROM connection_flows WHERE owner_kind = 'vk' AND owner_id = @id", ("id", id));
        await CredentialRelease.OfDeletedOwnerAsync(statements, new(CredentialOwnerKind.VirtualKey, id), revocation.CutOff);
        await CredentialRelease.OfRevokedSessionsAsync(statements, revocation.CutOff);
        await statements.ExecuteAsync("DELETE FROM consents WHERE subject_kind = 'vk' AND subject_id = @id", ("id", id));
        return VirtualKeyWriteOutcome.Done;
    }

    /// <summary>Records a change of a key, and tells every node of it.</summary>
    public static async Task AnnounceAsync(PostgresStatements statements, AuditEvent audit, string id, DateTimeOffset now)
    {
        await AuditRows.AppendAsync(statements, audit);
        await RevocationRows.AppendNoticeAsync(statements, RevocationNotice.Of(new(RevocationTargetKind.VirtualKey, id), now));
    }
}
