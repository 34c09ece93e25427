using System.Buffers.Binary;
using Keyholder.OAuth;

namespace Keyholder.Sessions;

/// <summary>
/// A place in the list of sessions, newest first, the larger id first among those of one millisecond. Its text is the opaque cursor of a page. It gives no
/// rights: a page shows what its reader may see wherever it begins.
/// </summary>
/// <param name="CreatedAt">When the session at the place was opened.</param>
/// <param name="Id">Its id.</param>
public readonly record struct SessionPosition(DateTimeOffset CreatedAt, SessionId Id)
{
    private const int Size = sizeof(long) + SessionId.Size;

    private static readonly long LatestMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Parses a cursor; false for anything that <see cref="ToString"/> does not write.</summary>
    public static bool TryParse(string? text, out SessionPosition position)
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

        position = new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), SessionId.Read(bytes[sizeof(long)..]));
        return true;
    }

    /// <inheritdoc />
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, CreatedAt.ToUnixTimeMilliseconds());
        Id.Write(bytes[sizeof(long)..]);
        return Base64UrlText.Encode(bytes);
    }
}
