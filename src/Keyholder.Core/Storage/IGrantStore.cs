using Keyholder.Audit;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage;

/// <summary>
/// What virtual keys may use. Every change reconciles the credentials it concerns (<see cref="IReconciliationStore"/>), appends a notice to the revocation log
/// and writes its audit event, in one transaction.
/// </summary>
public interface IGrantStore
{
    /// <summary>The key with all that decides what it may do, read as of one moment, or null when there is none.</summary>
    Task<VirtualKeyAccess?> FindAccessAsync(string keyId, CancellationToken cancellationToken);

    /// <summary>Grants a resource to a key, or replaces the grant there is: <see cref="GrantWriteOutcome.Done"/>, <see cref="GrantWriteOutcome.Unchanged"/>, <see cref="GrantWriteOutcome.KeyNotFound"/> or <see cref="GrantWriteOutcome.Declared"/>.</summary>
    Task<GrantWriteOutcome> PutAsync(string keyId, Grant grant, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes a grant back: <see cref="GrantWriteOutcome.Done"/>, <see cref="GrantWriteOutcome.KeyNotFound"/>, <see cref="GrantWriteOutcome.NotFound"/> or <see cref="GrantWriteOutcome.Declared"/>.</summary>
    Task<GrantWriteOutcome> RemoveAsync(string keyId, string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The resources granted to every key, in name order.</summary>
    Task<IReadOnlyList<GrantToAll>> ListToAllAsync(CancellationToken cancellationToken);

    /// <summary>Grants a resource to every key, beside what the configuration grants: <see cref="GrantWriteOutcome.Done"/> or <see cref="GrantWriteOutcome.Unchanged"/>.</summary>
    Task<GrantWriteOutcome> PutToAllAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes that back: <see cref="GrantWriteOutcome.Done"/>, <see cref="GrantWriteOutcome.NotFound"/>, or <see cref="GrantWriteOutcome.Configured"/> when only the configuration grants it.</summary>
    Task<GrantWriteOutcome> RemoveToAllAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);
}
