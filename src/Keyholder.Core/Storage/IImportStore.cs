using Keyholder.Audit;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>Imports and their journal. A record and its line in the journal are one transaction, so an import that ends at any point goes on where it was.</summary>
public interface IImportStore
{
    /// <summary>Begins an import, or goes on with it.</summary>
    /// <param name="digest">SHA-256 of the file; the import's key.</param>
    /// <param name="source">The file's path, for people.</param>
    /// <param name="audit">Written when it is the first time.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<ImportBeginOutcome> BeginAsync(byte[] digest, string source, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores a credential unless the journal has its record already or there is one of its key.</summary>
    /// <param name="record">SHA-256 of what the record is known by; the journal's key.</param>
    /// <param name="credential">Version 1 of a new row.</param>
    /// <param name="audit">Written when it is stored.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<ImportOutcome> AddCredentialAsync(byte[] record, StoredCredential credential, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores an identity unless the journal has its record already or there is such an identity.</summary>
    /// <param name="record">SHA-256 of what the record is known by; the journal's key.</param>
    /// <param name="identity">The identity.</param>
    /// <param name="user">Whose it is: an existing user, or one to add with it.</param>
    /// <param name="audit">Written when it is stored.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<ImportOutcome> AddIdentityAsync(byte[] record, ProviderIdentity identity, User user, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>What became of a record; null when the journal does not have it.</summary>
    Task<ImportOutcome?> FindAsync(byte[] record, CancellationToken cancellationToken);

    /// <summary>Finishes an import.</summary>
    Task FinishAsync(byte[] digest, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Gives up every unfinished import; what they have stored stays, and so does the journal.</summary>
    /// <returns>How many there were.</returns>
    Task<int> AbandonAsync(AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Every import that was begun and not given up, oldest first.</summary>
    Task<IReadOnlyList<ImportRun>> ListAsync(CancellationToken cancellationToken);
}
