namespace Keyholder.Storage;

/// <summary>Patterns of <c>LIKE</c>, to be used with <c>ESCAPE '\'</c>.</summary>
internal static class LikePattern
{
    /// <summary>Matches whatever contains the text; its wildcards are literal.</summary>
    public static string Containing(string text) =>
        "%" + text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
