using System.Net;
using System.Net.Sockets;

namespace Keyholder.Clients;

/// <summary>
/// A fixed window of one minute per address. An IPv6 host owns its /64, so that is what counts. Memory is bounded by the number of addresses one window may see;
/// beyond it every new address waits for the next window.
/// </summary>
public class AddressRateLimit(int perMinute, TimeProvider clock)
{
    /// <summary>How many addresses one window tells apart.</summary>
    public const int MaxAddresses = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, int> _used = [];
    private DateTimeOffset _windowEnd = DateTimeOffset.MinValue;

    /// <summary>Counts one attempt: null when it may go on, else how long to wait, more than zero.</summary>
    /// <param name="address">Who asks; null, for example on a Unix socket, is one address of its own.</param>
    public TimeSpan? Admit(IPAddress? address)
    {
        var key = Partition(address);
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            if (now >= _windowEnd || now < _windowEnd - Window)
            {
                _used.Clear();
                _windowEnd = now + Window;
            }

            var used = _used.GetValueOrDefault(key);
            if (used >= perMinute || (used == 0 && _used.Count >= MaxAddresses))
            {
                return _windowEnd - now;
            }

            _used[key] = used + 1;
            return null;
        }
    }

    /// <summary>IPv4 (mapped into IPv6 or not) counts whole, IPv6 by its first 64 bits.</summary>
    private static UInt128 Partition(IPAddress? address)
    {
        if (address is null)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[16];
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        plain.MapToIPv6().TryWriteBytes(bytes, out _);
        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return plain.AddressFamily == AddressFamily.InterNetwork ? value : value >> 64 << 64;
    }
}
