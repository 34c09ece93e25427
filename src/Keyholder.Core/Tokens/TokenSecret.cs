using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Keyholder.Tokens;

/// <summary>The 32 random bytes that make an opaque token unguessable, held without the heap. Stored only as their hash.</summary>
[InlineArray(Size)]
public struct TokenSecret
{
    /// <summary>The length in bytes.</summary>
    public const int Size = 32;

    private byte _first;

    /// <summary>A fresh random secret.</summary>
    public static TokenSecret Create()
    {
        var secret = default(TokenSecret);
        RandomBytes.Fill(secret);
        return secret;
    }

    /// <summary>Reads exactly 32 bytes.</summary>
    public static TokenSecret Read(ReadOnlySpan<byte> bytes)
    {
        var secret = default(TokenSecret);
        bytes[..Size].CopyTo(secret);
        return secret;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public readonly void Write(Span<byte> destination) =>
        MemoryMarshal.CreateReadOnlySpan(in _first, Size).CopyTo(destination);

    /// <summary>SHA-256 of the secret: what is stored of it.</summary>
    public readonly byte[] Hash() => SHA256.HashData(MemoryMarshal.CreateReadOnlySpan(in _first, Size));

    /// <inheritdoc />
    public override readonly string ToString() => "token secret";
}
