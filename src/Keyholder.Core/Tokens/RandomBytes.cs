using System.Security.Cryptography;

namespace Keyholder.Tokens;

/// <summary>
/// Random bytes for the busy paths. Asking the generator costs the same for a few bytes as for many, so each thread asks for many at once and hands every
/// one of them out once, forgetting it.
/// </summary>
internal static class RandomBytes
{
    private const int Size = 512;

    [ThreadStatic]
    private static byte[]? _buffer;

    [ThreadStatic]
    private static int _left;

    /// <summary>Fills at most 512 bytes from <see cref="RandomNumberGenerator"/>.</summary>
    public static void Fill(Span<byte> destination)
    {
        var buffer = _buffer ??= new byte[Size];
        if (_left < destination.Length)
        {
            RandomNumberGenerator.Fill(buffer);
            _left = Size;
        }

        _left -= destination.Length;
        var given = buffer.AsSpan(_left, destination.Length);
        given.CopyTo(destination);
        given.Clear();
    }
}
