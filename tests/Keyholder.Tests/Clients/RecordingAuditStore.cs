using Keyholder.Audit;
using Keyholder.Storage;

namespace Keyholder.Tests.Clients;

/// <summary>An audit trail in a list.</summary>
internal sealed class RecordingAuditStore : IAuditStore
{
    public List<AuditEvent> Events { get; } = [];

    public Task AppendAsync(AuditEvent audit, CancellationToken cancellationToken)
    {
        Events.Add(audit);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AuditEvent>> ListAsync(int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AuditEvent>>([.. Events.AsEnumerable().Reverse().Take(limit)]);
}
