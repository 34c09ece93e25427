using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;

namespace Keyholder.VirtualKeys;

/// <summary>
/// Makes, changes, rotates and deletes virtual keys: <c>kh_vk_</c> + base64url(id 16 ‖ generation 4 ‖ secret 32 ‖ MAC 16), the form every opaque token has.
/// The text of a key is given out once, when it is made.
/// </summary>
public sealed class VirtualKeyRegistry(IVirtualKeyStore store, OpaqueTokenFormats formats, TimeProvider time)
{
    private const int MaxAttempts = 8;
    private const uint FirstGeneration = 1;

    /// <summary>Makes a key. Its text is there exactly when the outcome is <see cref="VirtualKeyWriteOutcome.Done"/>.</summary>
    /// <param name="name">See <see cref="VirtualKeyRules.IsName"/>.</param>
    /// <param name="ownerUserId">The user it belongs to, or null.</param>
    /// <param name="expiresAt">See <see cref="VirtualKeyRules.IsExpiry"/>.</param>
    /// <param name="actor">Who does it, as <see cref="AuditEvent.Actor"/> wants it.</param>
    /// <param name="origin">Where the request came from.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public async Task<(VirtualKeyWriteOutcome Outcome, VirtualKey Key, string? Text)> CreateAsync(
        string name, string? ownerUserId, DateTimeOffset? expiresAt, string actor, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = SessionId.Create();
        var secret = TokenSecret.Create();
        var key = new VirtualKey
        {
            Id = id.ToString(),
            Name = name,
            OwnerUserId = ownerUserId,
            Generation = FirstGeneration,
            SecretHash = secret.Hash(),
            SecretIssuedAt = now,
            CreatedAt = now,
            ExpiresAt = expiresAt,
        };
        var outcome = await store.AddAsync(key, Audit(AuditActions.VirtualKeyCreated, key.Id, name, actor, origin, now), cancellationToken);
        return (outcome, key, outcome == VirtualKeyWriteOutcome.Done ? formats.VirtualKey.Format(new OpaqueToken(id, FirstGeneration, secret)) : null);
    }

    /// <summary>Gives a key a new secret; the one before works on for <paramref name="overlap"/>, and one before that no longer. The text is there exactly when the outcome is <see cref="VirtualKeyWriteOutcome.Done"/>.</summary>
    /// <param name="id">The key.</param>
    /// <param name="overlap">See <see cref="VirtualKeyRules.IsOverlap"/>.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="origin">Where the request came from.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public async Task<(VirtualKeyWriteOutcome Outcome, string? Text)> RotateAsync(
        string id, TimeSpan overlap, string actor, RequestOrigin origin, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await store.FindAsync(id, cancellationToken) is not { } key || !SessionId.TryParse(id, out var tokenId))
            {
                return (VirtualKeyWriteOutcome.NotFound, null);
            }

            var now = time.GetUtcNow();
            var secret = TokenSecret.Create();
            var audit = Audit(AuditActions.VirtualKeyRotated, id, key.Name, actor, origin, now);
            var outcome = await store.RotateAsync(new VirtualKeyRotation(id, key.Generation, secret.Hash(), now + overlap), audit, now, cancellationToken);
            if (outcome != VirtualKeyWriteOutcome.Conflict)
            {
                return (outcome, outcome == VirtualKeyWriteOutcome.Done ? formats.VirtualKey.Format(new OpaqueToken(tokenId, key.Generation + 1, secret)) : null);
            }
        }

        return (VirtualKeyWriteOutcome.Conflict, null);
    }

    /// <summary>Changes a key.</summary>
    /// <param name="store">Where the keys are. A change needs no server secret, so that it works when nothing else does.</param>
    /// <param name="id">The key.</param>
    /// <param name="change">What changes; see <see cref="VirtualKeyRules"/>.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="origin">Where the request came from.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public static Task<VirtualKeyWriteOutcome> UpdateAsync(
        IVirtualKeyStore store, string id, VirtualKeyChange change, string actor, RequestOrigin origin, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var what = change.Active switch
        {
            true => "activated",
            false => "deactivated",
            null => change.Name,
        };
        return store.UpdateAsync(id, change, Audit(AuditActions.VirtualKeyUpdated, id, what, actor, origin, now), now, cancellationToken);
    }

    /// <summary>Deletes a key with everything that is its own.</summary>
    /// <inheritdoc cref="UpdateAsync" path="/param" />
    public static Task<VirtualKeyWriteOutcome> DeleteAsync(IVirtualKeyStore store, string id, string actor, RequestOrigin origin, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var revocation = new Revocation.RevocationEntry(
            new(Revocation.RevocationTargetKind.VirtualKey, id), now, SessionRevocation.EntriesExpireAt(now), RevocationReasons.VirtualKeyDeleted);
        return store.DeleteAsync(id, revocation, Audit(AuditActions.VirtualKeyDeleted, id, null, actor, origin, now), cancellationToken);
    }

    private static AuditEvent Audit(string action, string id, string? reason, string actor, RequestOrigin origin, DateTimeOffset now) => new()
    {
        At = now,
        Action = action,
        Actor = actor,
        Target = "vk:" + id,
        Reason = reason,
        RemoteAddress = origin.RemoteAddress,
        RequestId = origin.RequestId,
    };
}
