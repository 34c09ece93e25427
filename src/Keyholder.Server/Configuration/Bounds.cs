using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Keyholder.Server.Configuration;

/// <summary>The bounds of a configured number or duration.</summary>
/// <param name="Minimum">Smallest value, or what it has to be above.</param>
/// <param name="Maximum">Largest value.</param>
/// <param name="Above">Whether <paramref name="Minimum"/> itself is out of bounds.</param>
internal sealed record Bounds(IComparable Minimum, IComparable Maximum, bool Above)
{
    public static Bounds Of(RangeAttribute range) => new(Value(range.Minimum), Value(range.Maximum), range.MinimumIsExclusive);

    public bool Contains(object value)
    {
        var comparable = value is int number ? (long)number : value;
        var low = Minimum.CompareTo(comparable);
        return (Above ? low < 0 : low <= 0) && Maximum.CompareTo(comparable) >= 0;
    }

    /// <inheritdoc />
    public override string ToString() => $"{(Above ? "above" : "from")} {Text(Minimum)} to {Text(Maximum)}";

    private static IComparable Value(object bound) =>
        bound is string text ? TimeSpan.Parse(text, CultureInfo.InvariantCulture) : Convert.ToInt64(bound, CultureInfo.InvariantCulture);

    private static string Text(IComparable bound) => bound is TimeSpan duration ? Duration.Format(duration) : Convert.ToString(bound, CultureInfo.InvariantCulture)!;
}
