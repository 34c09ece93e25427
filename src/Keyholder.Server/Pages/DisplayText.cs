using System.Globalization;
using System.Text;

namespace Keyholder.Server.Pages;

/// <summary>Makes names that strangers chose fit to be shown: no line breaks, no invisible or direction-changing characters, no endless ones.</summary>
internal static class DisplayText
{
    public const int MaxLength = 80;

    /// <summary>The name as shown; <paramref name="fallback"/> when nothing visible is left of it.</summary>
    public static string Clean(string? name, string fallback)
    {
        var shown = new StringBuilder();
        foreach (var rune in (name ?? "").EnumerateRunes())
        {
            if (shown.Length >= MaxLength)
            {
                shown.Append('…');
                break;
            }

            if (IsVisible(rune))
            {
                shown.Append(rune);
            }
        }

        var text = shown.ToString().Trim();
        return text.Length > 0 ? text : fallback;
    }

    private static bool IsVisible(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
