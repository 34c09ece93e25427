using System.Net;
using Keyholder.Users;

namespace Keyholder.Authorization;

/// <summary>Bounds the pending records that strangers can make one address store: authorization requests, and redirects to providers.</summary>
public sealed class AuthorizationRateLimit(AuthorizationOptions options, TimeProvider time)
{
    private readonly AttemptLimiter _addresses = new(options.RequestsPerAddressPerMinute, time);

    /// <summary>Counts one; false when the address has used up this minute's.</summary>
    public bool Admit(IPAddress? address) => _addresses.TryBegin(AttemptLimiter.KeyOf(address));
}
