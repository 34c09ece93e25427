using System.Globalization;

namespace Keyholder.Bench;

/// <summary>Reads <c>--name value</c> options.</summary>
internal static class CommandLine
{
    /// <summary>The number after the name, or the fallback when the name is not there.</summary>
    public static int Number(string[] options, string name, int fallback)
    {
        var at = Array.IndexOf(options, name);
        return at >= 0 && at + 1 < options.Length ? int.Parse(options[at + 1], CultureInfo.InvariantCulture) : fallback;
    }

    /// <summary>The comma-separated words after the name, or the fallback when the name is not there.</summary>
    public static string[] Words(string[] options, string name, params string[] fallback)
    {
        var at = Array.IndexOf(options, name);
        return at >= 0 && at + 1 < options.Length ? options[at + 1].Split(',') : fallback;
    }
}
