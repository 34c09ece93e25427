using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Keyholder.Authorization.Device;

/// <summary>
/// The code a person reads off a device and types in (RFC 8628 section 6.1): eight letters without vowels, so that no word appears and none looks like a digit; about 34 bits.
/// </summary>
public static class UserCode
{
    private const string Alphabet = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 8;
    private const int Half = Length / 2;

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    /// <summary>A fresh code: eight letters, without the hyphen people see.</summary>
    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>The code as people see it: <c>BCDF-GHJK</c>.</summary>
    public static string Display(string code) => $"{code[..Half]}-{code[Half..]}";

    /// <summary>Reads what a person typed, case, hyphens and spaces aside; false for anything that <see cref="Create"/> cannot have made.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? code)
    {
        code = null;
        if (text is null or { Length: > 4 * Length })
        {
            return false;
        }

        var typed = string.Concat(text.Where(c => c is not ('-' or ' '))).ToUpperInvariant();
        if (typed.Length != Length || typed.AsSpan().ContainsAnyExcept(Letters))
        {
            return false;
        }

        code = typed;
        return true;
    }
}
