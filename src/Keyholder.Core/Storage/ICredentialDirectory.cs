using Keyholder.Audit;
using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>Credentials for the people who look after them.</summary>
public interface ICredentialDirectory
{
    /// <summary>A page of credentials, expired and unusable ones too, newest first (<see cref="RowPosition"/>). An owner that is gone leaves its credential in the list.</summary>
    Task<IReadOnlyList<CredentialListing>> ListAsync(CredentialQuery query, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The credential whose <see cref="StoredCredential.RowId"/> that is, or null.</summary>
    Task<CredentialListing?> FindAsync(byte[] rowId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a credential: its pending connection flows first, then the row, whose tokens go to the outbox (<see cref="IUpstreamRevocationStore"/>), with the audit
    /// event and a notice to every node (<see cref="CredentialNotice"/>), in one transaction. False, with nothing written, when there is no such row any more.
    /// </summary>
    Task<bool> DeleteAsync(StoredCredential credential, AuditEvent audit, DateTimeOffset now);
}
