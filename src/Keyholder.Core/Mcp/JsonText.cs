using System.Globalization;

namespace Keyholder.Mcp;

/// <summary>Questions about raw JSON strings that <see cref="System.Text.Json.Utf8JsonReader"/> leaves open.</summary>
internal static class JsonText
{
    /// <summary>Whether a string's raw text, already checked for syntax, escapes half a surrogate pair.</summary>
    public static bool HasLoneSurrogate(ReadOnlySpan<byte> raw)
    {
        while (true)
        {
            var escape = raw.IndexOf((byte)'\\');
            if (escape < 0)
            {
                return false;
            }

            if (raw[escape + 1] != 'u')
            {
                raw = raw[(escape + 2)..];
                continue;
            }

            var unit = CodeUnit(raw[(escape + 2)..]);
            raw = raw[(escape + 6)..];
            if (char.IsLowSurrogate(unit))
            {
                return true;
            }

            if (char.IsHighSurrogate(unit))
            {
                if (raw.Length < 6 || raw[0] != '\\' || raw[1] != 'u' || !char.IsLowSurrogate(CodeUnit(raw[2..])))
                {
                    return true;
                }

                raw = raw[6..];
            }
        }
    }

    /// <summary>Whether <paramref name="name"/> equals <paramref name="expected"/> for a parser that ignores case, Unicode's folds to ASCII included (U+017F to s, U+212A to k), as some do.</summary>
    public static bool EqualsIgnoringCase(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected)
    {
        foreach (var wanted in expected)
        {
            var width = Folds(name, wanted | 0x20);
            if (width == 0)
            {
                return false;
            }

            name = name[width..];
        }

        return name.IsEmpty;
    }

    private static int Folds(ReadOnlySpan<byte> text, int lower)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        if ((text[0] | 0x20) == lower)
        {
            return 1;
        }

        return lower switch
        {
            's' when text.StartsWith("\u017F"u8) => 2,
            'k' when text.StartsWith("\u212A"u8) => 3,
            _ => 0,
        };
    }

    private static char CodeUnit(ReadOnlySpan<byte> hex) =>
        (char)ushort.Parse(hex[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
