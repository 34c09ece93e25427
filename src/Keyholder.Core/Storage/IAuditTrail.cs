using Keyholder.Audit;

namespace Keyholder.Storage;

/// <summary>Reads the audit trail page by page.</summary>
public interface IAuditTrail
{
    /// <summary>A page, the latest written first.</summary>
    Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken);
}
