using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Authorization.Connect;

/// <summary>Whether credentials may be connected for a virtual key now, and by whom. What is answered here is asked again in the transaction that stores the credential.</summary>
public sealed class ConnectingKeys(VirtualKeyAccesses accesses, RevocationIndex revocations, IUserStore users, TimeProvider time)
{
    /// <summary>Judges the key as if it used the resource itself, with a secret and a session as old as the wish to connect.</summary>
    /// <param name="keyId">The key.</param>
    /// <param name="session">The session of the key that lacks something; null when the key itself does.</param>
    /// <param name="clientId">Whose session that is.</param>
    /// <param name="resource">What the key wants to use.</param>
    /// <param name="since">When connecting was begun: the kill switch ends what began before it.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The key, when it is there.</returns>
    public async ValueTask<(VirtualKeyUseOutcome Outcome, VirtualKey? Key)> JudgeAsync(
        string keyId, SessionId? session, string clientId, Resource resource, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!SessionId.TryParse(keyId, out var itself) || await accesses.GetAsync(keyId, cancellationToken) is not { Key: var key } access)
        {
            return (VirtualKeyUseOutcome.Invalid, null);
        }

        var candidate = new RevocationCandidate(
            VirtualKeyTokenId.Of(keyId, key.Generation),
            session ?? itself,
            new Subject(SubjectKind.VirtualKey, keyId),
            session is null ? "vk:" + keyId : clientId,
            resource.Uri,
            since,
            since);
        var verdict = revocations.Judge(candidate, now);
        var outcome = verdict == RevocationVerdict.Revoked || access.IsOwnerRevoked(revocations, since) || !key.HasSecretAt(now) ? VirtualKeyUseOutcome.Invalid
            : verdict == RevocationVerdict.Unknown ? VirtualKeyUseOutcome.RevocationUnknown
            : access.StatusAt(now) switch
            {
                VirtualKeyStatus.Inactive => VirtualKeyUseOutcome.Inactive,
                VirtualKeyStatus.Expired => VirtualKeyUseOutcome.Expired,
                _ => access.FindGrant(resource.Name) is null ? VirtualKeyUseOutcome.NotGranted : VirtualKeyUseOutcome.Allowed,
            };
        return (outcome, key);
    }

    /// <summary>Whether a user who is signed in may connect for the key: its owner, or an administrator.</summary>
    public async ValueTask<bool> MayConnectAsync(VirtualKey key, string userId, CancellationToken cancellationToken) =>
        key.OwnerUserId == userId || await users.FindAsync(userId, cancellationToken) is { DisabledAt: null, Administrator: true };
}
