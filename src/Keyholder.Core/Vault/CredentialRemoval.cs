using Keyholder.Audit;
using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>Deletes a credential because somebody wants it gone.</summary>
public static class CredentialRemoval
{
    /// <summary>Deletes it, so that no callback on its way brings it back, and leaves its tokens to be revoked at the provider; false when it is gone already.</summary>
    /// <param name="directory">Where credentials are.</param>
    /// <param name="credential">The row as it was found.</param>
    /// <param name="actor">Who deletes it, as <see cref="AuditEvent.Actor"/> wants it.</param>
    /// <param name="origin">Where the request came from.</param>
    /// <param name="now">The moment.</param>
    public static Task<bool> DeleteAsync(ICredentialDirectory directory, StoredCredential credential, string actor, RequestOrigin origin, DateTimeOffset now) =>
        directory.DeleteAsync(
            credential,
            new AuditEvent
            {
                At = now,
                Action = AuditActions.CredentialDeleted,
                Actor = actor,
                Target = $"credential:{credential.Key}",
                RemoteAddress = origin.RemoteAddress,
                RequestId = origin.RequestId,
            },
            now);
}
