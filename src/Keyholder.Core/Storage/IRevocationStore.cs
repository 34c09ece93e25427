using Keyholder.Audit;
using Keyholder.Revocation;

namespace Keyholder.Storage;

/// <summary>The revocation log.</summary>
public interface IRevocationStore
{
    /// <summary>Appends an entry and its audit event in one transaction.</summary>
    Task AppendAsync(RevocationEntry revocation, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Entries after a sequence number in order, those expired at <paramref name="now"/> left out. Start with 0.</summary>
    Task<IReadOnlyList<(long Sequence, RevocationEntry Revocation)>> ReadAfterAsync(long sequence, DateTimeOffset now, CancellationToken cancellationToken);
}
