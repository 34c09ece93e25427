using System.Buffers;
using System.Buffers.Text;

namespace Keyholder.OAuth;

/// <summary>Unpadded, canonical base64url (RFC 4648 section 5): one text for one byte string, so no token has two spellings.</summary>
public static class Base64UrlText
{
    /// <summary>Encodes without padding.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Decodes into <paramref name="destination"/>, which has to be filled exactly. False for padding, white space, foreign characters, any other length, or non-zero trailing bits.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length != ((destination.Length * 4) + 2) / 3 || text.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        // The status form: the Try form throws for non-zero trailing bits.
        return Base64Url.DecodeFromChars(text, destination, out _, out var written) == OperationStatus.Done && written == destination.Length;
    }

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
