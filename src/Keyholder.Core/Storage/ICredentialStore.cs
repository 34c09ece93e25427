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

    /// <summary>Changes only status and reason if the stored version is <paramref name="expectedVersion"/>; the envelope and version stay.</summary>
    Task<CredentialPutOutcome> MarkAsync(CredentialKey key, long expectedVersion, CredentialStatus status, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes the row, if any.</summary>
    Task DeleteAsync(CredentialKey key, CancellationToken cancellationToken);
}
