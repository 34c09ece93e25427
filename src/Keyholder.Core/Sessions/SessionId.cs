using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Keyholder.OAuth;

namespace Keyholder.Sessions;

/// <summary>The 16 random bytes that name a session: the <c>sid</c> claim, and the first field of its code and refresh tokens.</summary>
public readonly record struct SessionId(UInt128 Value)
{
    /// <summary>The length of the binary form, in bytes.</summary>
    public const int Size = 16;

    /// <summary>A fresh random id.</summary>
    public static SessionId Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return Read(bytes);
    }

    /// <summary>Reads the big-endian binary form.</summary>
    public static SessionId Read(ReadOnlySpan<byte> bytes) => new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Parses the text form; false for anything that <see cref="ToString"/> does not write.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SessionId id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (text is null || !Base64UrlText.TryDecode(text, bytes))
        {
            id = default;
            return false;
        }

        id = Read(bytes);
        return true;
    }

    /// <summary>Writes the big-endian binary form, 16 bytes.</summary>
    public void Write(Span<byte> destination) => System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>The binary form as a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    /// <summary>The text form: 22 characters of base64url.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return Base64UrlText.Encode(bytes);
    }
}
