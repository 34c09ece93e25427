using System.Net;
using Keyholder.Users;

namespace Keyholder.Authorization.Device;

/// <summary>Limits user codes that belong to no device, per address and per browser: what keeps so short a code from being found by trying (RFC 8628 section 5.1).</summary>
public sealed class UserCodeThrottle(AuthorizationOptions options, TimeProvider time)
{
    private readonly AttemptLimiter _addresses = new(options.WrongUserCodesPerMinute, time);
    private readonly AttemptLimiter _browsers = new(options.WrongUserCodesPerMinute, time);

    /// <summary>Counts a code as wrong before it is looked up, so that many at once cannot slip through; false when it must not be looked up.</summary>
    public bool TryBegin(IPAddress? address, byte[] browserHash)
    {
        var addressKey = AttemptLimiter.KeyOf(address);
        if (!_addresses.TryBegin(addressKey))
        {
            return false;
        }

        if (_browsers.TryBegin(Convert.ToHexString(browserHash)))
        {
            return true;
        }

        _addresses.Forgive(addressKey);
        return false;
    }

    /// <summary>The code was a device's: it does not count.</summary>
    public void Forgive(IPAddress? address, byte[] browserHash)
    {
        _addresses.Forgive(AttemptLimiter.KeyOf(address));
        _browsers.Forgive(Convert.ToHexString(browserHash));
    }
}
