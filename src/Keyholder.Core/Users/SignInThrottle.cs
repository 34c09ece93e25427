using System.Net;
using System.Net.Sockets;
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
        var addressKey = Key(address);
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

    /// <summary>The attempt succeeded: it does not count.</summary>
    public void Succeeded(IPAddress? address, string name)
    {
        _addresses.Forgive(Key(address));
        _names.Forgive(name);
    }

    /// <summary>An IPv6 host can use any address of its /64, so that is what counts.</summary>
    private static string Key(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}
