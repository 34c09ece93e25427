using System.Net;
using System.Net.Sockets;

namespace Keyholder.Upstream;

/// <summary>Which addresses the guard refuses: everything the IANA special-purpose registries (RFC 6890, RFC 9637) list, and every IPv6 address that is not global unicast.</summary>
internal static class SpecialUseAddresses
{
    private static readonly IPNetwork[] V4 = Networks(
        "0.0.0.0/8", // this network, RFC 791
        "10.0.0.0/8", // private use, RFC 1918
        "100.64.0.0/10", // shared address space, RFC 6598
        "127.0.0.0/8", // loopback, RFC 1122
        "168.63.129.16/32", // a cloud platform's host agent on an address that looks public
        "169.254.0.0/16", // link local, RFC 3927; cloud metadata services
        "172.16.0.0/12", // private use, RFC 1918
        "192.0.0.0/24", // IETF protocol assignments, RFC 6890
        "192.0.2.0/24", // documentation, RFC 5737
        "192.31.196.0/24", // AS112, RFC 7535
        "192.52.193.0/24", // AMT, RFC 7450
        "192.88.99.0/24", // 6to4 relays, RFC 7526
        "192.168.0.0/16", // private use, RFC 1918
        "192.175.48.0/24", // AS112, RFC 7534
        "198.18.0.0/15", // benchmarking, RFC 2544
        "198.51.100.0/24", // documentation, RFC 5737
        "203.0.113.0/24", // documentation, RFC 5737
        "224.0.0.0/4", // multicast, RFC 5771
        "240.0.0.0/4"); // reserved and limited broadcast, RFC 1112, RFC 8190

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    private static readonly IPNetwork[] V6 = Networks(
        "2001::/23", // IETF protocol assignments: Teredo, ORCHID, benchmarking, RFC 2928
        "2001:db8::/32", // documentation, RFC 3849
        "2002::/16", // 6to4, RFC 3056: carries any IPv4 address
        "2620:4f:8000::/48", // AS112, RFC 7534
        "3fff::/20"); // documentation, RFC 9637

    /// <summary>Whether the address must not be connected to. IPv4-mapped and NAT64 addresses are judged by the IPv4 address they carry; an address with a zone is always refused.</summary>
    public static bool Contains(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return IsIn(V4, address);
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0)
        {
            return true;
        }

        if (address.IsIPv4MappedToIPv6 || Nat64.Contains(address))
        {
            return IsIn(V4, Embedded(address));
        }

        return !GlobalUnicast.Contains(address) || IsIn(V6, address);
    }

    private static IPAddress Embedded(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return new IPAddress(bytes[12..]);
    }

    private static bool IsIn(IPNetwork[] networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IPNetwork[] Networks(params string[] prefixes) => [.. prefixes.Select(p => IPNetwork.Parse(p))];
}
