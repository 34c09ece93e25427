using System.Net;
using Keyholder.Authorization;

namespace Keyholder.Users;

/// <summary>Limits failed sign-ins per address and per name, whether or not the name exists.</summary>
public sealed class SignInThrottle(AuthorizationOptions options, TimeProvider time)
{
    private readonly AttemptLimiter _addresses = new(options.FailedSignInsPerAddressPerMinute, time);
    private readonly AttemptLimiter _names = new(options.FailedSignInsPerNamePerMinute, time);

    /// <summary>Counts an attempt as failed before it is tried, so that many at once cannot slip through; false when it must not be tried.</summary>
    public bool TryBegin(IPAddress? address, string name)
    {
        var addressKey = AttemptLimiter.KeyOf(address);
        if (!_addresses.TryBegin(addressKey))
        {
            return false;
        }

        if (_names.TryBegin(name))
        {
            return true;
        }

        _addresses.Forgive(addressKey);
        return false;
    }

    /// <summary>The attempt succeeded, or was not tried after all: it does not count.</summary>
    public void Forgive(IPAddress? address, string name)
    {
        _addresses.Forgive(AttemptLimiter.KeyOf(address));
        _names.Forgive(name);
    }
}
