using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Keyholder.Tokens;

/// <summary>SHA-256 of a token's text as a value: the cache can neither be made to mistake one token for another nor give one away.</summary>
internal readonly record struct AccessTokenDigest(UInt128 Left, UInt128 Right)
{
    public static AccessTokenDigest Of(ReadOnlySpan<byte> token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(token, hash);
        return MemoryMarshal.Read<AccessTokenDigest>(hash);
    }

    // The bits are already evenly spread.
    public override int GetHashCode() => (int)(ulong)Left;
}
