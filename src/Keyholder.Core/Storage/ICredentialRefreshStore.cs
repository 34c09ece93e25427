using Keyholder.Audit;
using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>
/// One refresh of a credential at a time among all nodes. It is recorded as begun before the provider is asked, so that a crash before the answer was stored can be told;
/// its right expires, and whoever takes over gets a greater fencing number, with which the earlier holder's write is refused. Every other write of the secret ends it.
/// </summary>
public interface ICredentialRefreshStore
{
    /// <summary>Takes the right to refresh a row as it was read and records that, in one conditional update, unless somebody holds it at <paramref name="now"/>.</summary>
    Task<RefreshBeginning> BeginAsync(StoredCredential current, DateTimeOffset until, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores what a refresh brought, if the right to it still holds; status, reason and account stay.</summary>
    /// <param name="refresh">The right.</param>
    /// <param name="refreshed">The row with its new envelope; one version on.</param>
    /// <param name="pausedUntil">Before when nobody begins the next one; null = any time.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<RefreshStoreOutcome> CompleteAsync(CredentialRefresh refresh, StoredCredential refreshed, DateTimeOffset? pausedUntil, CancellationToken cancellationToken);

    /// <summary>Ends a refresh that brought nothing, if the right to it still holds: nobody begins the next one before <paramref name="until"/>.</summary>
    Task PauseAsync(CredentialRefresh refresh, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Ends a refresh that ended the credential: it needs a new connection. False, with nothing changed, when the right was lost.</summary>
    Task<bool> FailAsync(CredentialRefresh refresh, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);
}
