using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Storage;

namespace Keyholder.Tests.Endpoints;

/// <summary>Passes every call on until it is told to fail, as when the database is gone.</summary>
internal sealed class FailingRevocationLog : IRevocationStore
{
    private IRevocationStore _inner = null!;

    public bool Fails { get; set; }

    private IRevocationStore Inner => Fails ? throw new TimeoutException("The database is gone.") : _inner;

    public FailingRevocationLog Over(IRevocationStore inner)
    {
        _inner = inner;
        return this;
    }

    public Task<(IReadOnlyList<RevocationLogEntry> Appended, int Sessions)> AppendAsync(
        RevocationEntry revocation, IReadOnlyList<string> resources, AuditEvent audit, CancellationToken cancellationToken) =>
        Inner.AppendAsync(revocation, resources, audit, cancellationToken);

    public Task<int> CountSessionsAsync(RevocationEntry revocation, IReadOnlyList<string> resources, CancellationToken cancellationToken) =>
        Inner.CountSessionsAsync(revocation, resources, cancellationToken);

    public Task<(LiftOutcome Outcome, RevocationLogEntry? Lift)> LiftAsync(long id, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        Inner.LiftAsync(id, audit, now, cancellationToken);

    public Task<IReadOnlyList<RevocationLogEntry>> ListAsync(long? before, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        Inner.ListAsync(before, limit, now, cancellationToken);

    public Task<IReadOnlyList<RevocationLogEntry>> ReadAfterAsync(long sequence, DateTimeOffset now, CancellationToken cancellationToken) =>
        Inner.ReadAfterAsync(sequence, now, cancellationToken);
}
