using Keyholder.Audit;
using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>
/// Which resources refuse which credentials (<see cref="CredentialRefusal"/>), or want more of them (<see cref="ScopeDemand"/>). Both are read with the credential. A write
/// of the secret by <see cref="ICredentialStore"/> ends all of a credential's refusals in its own transaction, and notes that somebody connected; a refresh does neither. What is recorded or ended is told to every node (<see cref="CredentialNotice"/>).
/// </summary>
public interface ICredentialRefusalStore
{
    /// <summary>Records that a resource refuses a credential as it was read, unless it was written since: who connects meanwhile wins.</summary>
    /// <param name="current">The row as it was read.</param>
    /// <param name="refusal">What is recorded; <see cref="CredentialRefusal.Since"/> is the moment. One that stood before and was due keeps its beginning.</param>
    /// <param name="audit">Recorded with it.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<RefusalRecordOutcome> RecordAsync(StoredCredential current, CredentialRefusal refusal, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Takes the right to try once more, in one conditional update. False, with nothing changed, when it is not due, somebody else took it, or the refusal is gone.</summary>
    Task<bool> BeginRetryAsync(RefusalRetry retry, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a refusal whose retry succeeded. False, with nothing changed, when the right was lost.</summary>
    Task<bool> LiftAsync(RefusalRetry retry, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Records what a resource wants of a credential beyond what it was granted, in place of what is recorded of that resource with the row as it was read.</summary>
    Task<ScopeDemandOutcome> DemandAsync(StoredCredential current, ScopeDemand demand, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Forgets what is demanded of a credential: a provider, or the person there, did not grant it, and the next connection must not fail by it again.</summary>
    Task WithdrawDemandsAsync(CredentialKey key, CancellationToken cancellationToken);
}
