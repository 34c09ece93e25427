using System.Globalization;
using System.Text;

namespace Keyholder.Clients;

/// <summary>Which self-asserted text may stand on a page beside Keyholder's own words. Any script is welcome; what hides, reorders or breaks lines is not.</summary>
public static class DisplayTextPolicy
{
    /// <summary>The longest text, in UTF-16 code units.</summary>
    public const int MaxLength = 256;

    /// <summary>Whether <paramref name="text"/> is free of control, formatting (bidirectional overrides, zero-width space), line-breaking, private-use, unassigned and unpaired surrogate characters.</summary>
    public static bool IsAcceptable(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune) || IsDeceptive(rune))
            {
                return false;
            }

            i += rune.Utf16SequenceLength;
        }

        return true;
    }

    /// <summary>The zero-width joiners are spelling in Persian, in Indic scripts and in emoji.</summary>
    private static bool IsDeceptive(Rune rune) => rune.Value is not (0x200C or 0x200D) && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
