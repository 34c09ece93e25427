using Keyholder.Audit;

namespace Keyholder.Storage;

/// <summary>The audit trail. Most events are written by the transition they record; this port takes the rest.</summary>
public interface IAuditStore
{
    /// <summary>Appends an event.</summary>
    Task AppendAsync(AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>The newest events first.</summary>
    Task<IReadOnlyList<AuditEvent>> ListAsync(int limit, CancellationToken cancellationToken);
}
