using System.Buffers.Binary;
using Keyholder.OAuth;

namespace Keyholder.Storage;

/// <summary>
/// A place in a list, newest first, the larger id first among those of one millisecond. Its text is the opaque cursor of a page. It gives no rights: a page
/// shows what its reader may see wherever it begins.
/// </summary>
/// <param name="CreatedAt">When the row at the place was made.</param>
/// <param name="Id">Its id of 16 bytes, big-endian.</param>
public readonly record struct RowPosition(DateTimeOffset CreatedAt, UInt128 Id)
{
    private const int Size = sizeof(long) + 16;

    private static readonly long LatestMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The place of a row whose id is 16 bytes.</summary>
    public RowPosition(DateTimeOffset createdAt, byte[] id)
        : this(createdAt, BinaryPrimitives.ReadUInt128BigEndian(id))
    {
    }

    /// <summary>The id's 16 bytes.</summary>
    public byte[] IdBytes
    {
        get
        {
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, Id);
            return bytes;
        }
    }

    /// <summary>Parses a cursor; false for anything that <see cref="ToString"/> does not write.</summary>
    public static bool TryParse(string? text, out RowPosition position)
    {
        position = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text is null || !Base64UrlText.TryDecode(text, bytes))
        {
            return false;
        }

        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (milliseconds < 0 || milliseconds > LatestMilliseconds)
        {
            return false;
        }

        position = new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), BinaryPrimitives.ReadUInt128BigEndian(bytes[sizeof(long)..]));
        return true;
    }

    /// <inheritdoc />
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, CreatedAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt128BigEndian(bytes[sizeof(long)..], Id);
        return Base64UrlText.Encode(bytes);
    }
}
