namespace Keyholder.Storage;

/// <summary>Leases: at most one holder per name among all nodes, decided by one conditional update.</summary>
public interface ILeaseStore
{
    /// <summary>Takes the lease if nobody holds it at <paramref name="now"/>; null, with nothing changed, while somebody does, even if that is <paramref name="holder"/>.</summary>
    /// <param name="name">What the lease is for.</param>
    /// <param name="holder">Who wants it; unique to the caller.</param>
    /// <param name="expiresAt">Until when, unless renewed; after <paramref name="now"/>.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Gives up before the write, not after.</param>
    Task<Lease?> AcquireAsync(string name, string holder, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Moves the expiry of a lease that is still this one; null, with nothing changed, when it has expired or changed hands.</summary>
    Task<Lease?> RenewAsync(Lease lease, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Lets go of the lease if it is still this one, so that the next holder need not wait for its expiry.</summary>
    Task ReleaseAsync(Lease lease, CancellationToken cancellationToken);
}
