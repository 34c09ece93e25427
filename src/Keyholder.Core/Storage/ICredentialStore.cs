using Keyholder.Audit;
using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>Credentials as sealed rows, one per (owner, provider).</summary>
public interface ICredentialStore
{
    /// <summary>The row, expired or not active or not, or null.</summary>
    Task<StoredCredential?> FindAsync(CredentialKey key, CancellationToken cancellationToken);

    /// <summary>The row for each key, in their order, null where there is none. One statement.</summary>
    Task<IReadOnlyList<StoredCredential?>> FindAllAsync(IReadOnlyList<CredentialKey> keys, CancellationToken cancellationToken);

    /// <summary>Every row of an owner, in provider order.</summary>
    Task<IReadOnlyList<StoredCredential>> ListAsync(CredentialOwner owner, CancellationToken cancellationToken);

    /// <summary>Writes the row if the stored version is <paramref name="expectedVersion"/> (0 = there must be none). <see cref="StoredCredential.Version"/> has to be one more. An existing row keeps its id and creation time, and another <see cref="StoredCredential.RowId"/> is a conflict.</summary>
    Task<CredentialPutOutcome> PutAsync(StoredCredential credential, long expectedVersion, AuditEvent? audit, CancellationToken cancellationToken);

    /// <summary>As <see cref="PutAsync"/>, for what a claimed connection flow brought, and ends the flow, in one transaction: a flow that was deleted meanwhile brings nothing back, and nothing is stored for a virtual key that cannot be used any more or that no grant gives the provider.</summary>
    /// <param name="credential">The row.</param>
    /// <param name="expectedVersion">The stored version; 0 = there must be none.</param>
    /// <param name="stateHash">The flow's key.</param>
    /// <param name="audit">Recorded when stored.</param>
    /// <param name="now">The moment; an expired flow is gone.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<CredentialConnectOutcome> ConnectAsync(StoredCredential credential, long expectedVersion, byte[] stateHash, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Changes only status and reason if the stored version is <paramref name="expectedVersion"/>; the envelope and version stay.</summary>
    Task<CredentialPutOutcome> MarkAsync(CredentialKey key, long expectedVersion, CredentialStatus status, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes the row if its version is still the first, unless a live session of its owner is for one of the resources (by their URIs). Connection flows stay: they are of other requests.</summary>
    Task DeleteUnusedAsync(CredentialKey key, IReadOnlyList<string> resources, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes the connection flows to it, claimed or not, then the row, if any, in one transaction: no callback on its way brings it back.</summary>
    Task DeleteAsync(CredentialKey key, CancellationToken cancellationToken);
}
