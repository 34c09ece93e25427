using System.Security.Cryptography;
using Keyholder.OAuth;
using Keyholder.Storage;

namespace Keyholder.Maintenance;

/// <summary>One process's claim on a lease: taken when it is free, renewed when half of it is over. For one task at a time.</summary>
/// <param name="leases">Where leases are.</param>
/// <param name="name">What the lease is for.</param>
/// <param name="duration">How long the others wait when the holder dies.</param>
/// <param name="time">The clock.</param>
public sealed class LeaseClaim(ILeaseStore leases, string name, TimeSpan duration, TimeProvider time)
{
    private readonly string _holder = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16));
    private Lease? _lease;

    /// <summary>Whether this process has the lease, taking or renewing it if need be.</summary>
    public async ValueTask<bool> HoldAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_lease is { } held && now < held.ExpiresAt - (duration / 2))
        {
            return true;
        }

        var expiresAt = now + duration;
        _lease = _lease is null ? null : await leases.RenewAsync(_lease, expiresAt, now, cancellationToken);
        _lease ??= await leases.AcquireAsync(name, _holder, expiresAt, now, cancellationToken);
        return _lease is not null;
    }

    /// <summary>Lets go of the lease, if it is held; when the store fails, it expires by itself.</summary>
    public async Task ReleaseAsync()
    {
        if (_lease is { } held)
        {
            _lease = null;
            await leases.ReleaseAsync(held, CancellationToken.None);
        }
    }
}
