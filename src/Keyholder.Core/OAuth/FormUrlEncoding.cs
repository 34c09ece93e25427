using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Keyholder.OAuth;

/// <summary>
/// Strict <c>application/x-www-form-urlencoded</c> (RFC 6749 appendix B), always UTF-8. What a lenient reader would guess at, a broken escape or a broken
/// character, is refused: two readers of one request must not see two requests.
/// </summary>
public static class FormUrlEncoding
{
    /// <summary>More parameters than any OAuth request has.</summary>
    public const int MaxParameters = 64;

    // What stands for itself: most names and every token.
    private static readonly SearchValues<byte> Verbatim = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"u8);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a whole form. <see cref="OAuthErrors.InvalidRequest"/> when it is malformed, has more than <see cref="MaxParameters"/> pairs or repeats a name.</summary>
    public static OAuthResult<OAuthParameters> Parse(ReadOnlySpan<byte> form)
    {
        var pairs = ParsePairs(form);
        return pairs.Failed ? pairs.Error : OAuthParameters.Create(pairs.Value);
    }

    /// <summary>Reads the decoded pairs of a whole form in order, repeated names included. <see cref="OAuthErrors.InvalidRequest"/> when it is malformed or has more than <see cref="MaxParameters"/> pairs.</summary>
    public static OAuthResult<List<KeyValuePair<string, string?>>> ParsePairs(ReadOnlySpan<byte> form)
    {
        var pairs = new List<KeyValuePair<string, string?>>();
        foreach (var range in form.Split((byte)'&'))
        {
            var pair = form[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            var rawName = equals < 0 ? pair : pair[..equals];
            var rawValue = equals < 0 ? [] : pair[(equals + 1)..];
            if (pairs.Count == MaxParameters || !TryDecode(rawName, out var name) || !TryDecode(rawValue, out var value))
            {
                return OAuthErrors.InvalidRequest.Describe("The form is malformed.");
            }

            pairs.Add(new(name, value));
        }

        return pairs;
    }

    /// <summary>Decodes one name or value: <c>+</c> is a space, <c>%XX</c> a byte. False for a broken escape, a control character or bytes that are not UTF-8.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out string? text)
    {
        if (!encoded.ContainsAnyExcept(Verbatim))
        {
            text = Encoding.ASCII.GetString(encoded);
            return true;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(encoded.Length);
        try
        {
            text = TryUnescape(encoded, buffer, out var length) ? Read(buffer.AsSpan(0, length)) : null;
            return text is not null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static bool TryUnescape(ReadOnlySpan<byte> encoded, Span<byte> destination, out int length)
    {
        length = 0;
        while (!encoded.IsEmpty)
        {
            var used = 1;
            var value = encoded[0];
            if (value == '%')
            {
                if (encoded.Length < 3 || Convert.FromHexString(encoded.Slice(1, 2), destination.Slice(length, 1), out _, out _) != OperationStatus.Done)
                {
                    return false;
                }

                (value, used) = (destination[length], 3);
            }
            else if (value == '+')
            {
                value = (byte)' ';
            }

            if (value is < 0x20 or 0x7F)
            {
                return false;
            }

            destination[length++] = value;
            encoded = encoded[used..];
        }

        return true;
    }

    private static string? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
