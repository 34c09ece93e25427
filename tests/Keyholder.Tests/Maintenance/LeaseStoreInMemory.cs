using Keyholder.Storage;

namespace Keyholder.Tests.Maintenance;

/// <summary>One lease, answered at once; fails while told to.</summary>
internal sealed class LeaseStoreInMemory : ILeaseStore
{
    private readonly Lock _gate = new();
    private Lease? _lease;

    public Exception? Failure { get; set; }

    /// <summary>Who holds it, expired or not; null after a release.</summary>
    public Lease? Current
    {
        get
        {
            lock (_gate)
            {
                return _lease;
            }
        }
    }

    public Task<Lease?> AcquireAsync(string name, string holder, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        Decide(() => _lease is null || _lease.ExpiresAt <= now ? _lease = new Lease(name, holder, (_lease?.Fencing ?? 0) + 1, expiresAt) : null);

    public Task<Lease?> RenewAsync(Lease lease, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        Decide(() => IsCurrent(lease) && _lease!.ExpiresAt > now ? _lease = lease with { ExpiresAt = expiresAt } : null);

    public Task ReleaseAsync(Lease lease, CancellationToken cancellationToken) => Decide(() => IsCurrent(lease) ? _lease = null : null);

    private bool IsCurrent(Lease lease) => _lease?.Holder == lease.Holder && _lease.Fencing == lease.Fencing;

    private Task<Lease?> Decide(Func<Lease?> decide)
    {
        lock (_gate)
        {
            return Failure is { } failure ? Task.FromException<Lease?>(failure) : Task.FromResult(decide());
        }
    }
}
