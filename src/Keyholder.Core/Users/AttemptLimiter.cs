using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Keyholder.Users;

/// <summary>
/// Counts attempts per key and minute in a fixed amount of memory. Keys share slots by a keyed hash: an attacker cannot choose collisions, cannot push a counter out, and a
/// collision only makes the limit stricter.
/// </summary>
public sealed class AttemptLimiter(int perMinute, TimeProvider time)
{
    private const int SlotCount = 1 << 16;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Slot[] _slots = new Slot[SlotCount];
    private readonly Lock _gate = new();

    /// <summary>Counts an attempt; false, counting nothing, when the key has used up this minute's.</summary>
    public bool TryBegin(string key)
    {
        var (slot, minute) = (SlotOf(key), Minute());
        lock (_gate)
        {
            ref var entry = ref _slots[slot];
            if (entry.Minute != minute)
            {
                entry = new Slot { Minute = minute };
            }

            if (entry.Count >= perMinute)
            {
                return false;
            }

            entry.Count++;
            return true;
        }
    }

    /// <summary>Takes an attempt back that turned out not to be one to limit.</summary>
    public void Forgive(string key)
    {
        var (slot, minute) = (SlotOf(key), Minute());
        lock (_gate)
        {
            ref var entry = ref _slots[slot];
            if (entry.Minute == minute && entry.Count > 0)
            {
                entry.Count--;
            }
        }
    }

    /// <summary>The key of an address. An IPv6 host can use any address of its /64, so that is what counts.</summary>
    public static string KeyOf(IPAddress? address)
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

    private long Minute() => time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;

    private int SlotOf(string key)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(key), hash);
        return BitConverter.ToUInt16(hash);
    }

    private struct Slot
    {
        public long Minute;
        public int Count;
    }
}
