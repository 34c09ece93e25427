using System.Text.RegularExpressions;
using Keyholder.Resources;

namespace Keyholder.Server.Configuration;

/// <summary>Replaces <c>${env:NAME}</c> and <c>${file:PATH}</c> in configured strings, so that secrets stay out of the file. <c>$${</c> is a literal <c>${</c>.</summary>
internal sealed partial class SecretReferences(IReadOnlyDictionary<string, string> environment, ConfigurationProblems problems)
{
    /// <summary>The text with every reference replaced; one that cannot be is a problem at <paramref name="path"/>.</summary>
    public string Resolve(string text, string path) =>
        text.Contains("${", StringComparison.Ordinal) ? Reference().Replace(text, match => ResolveOne(match, path)) : text;

    private string ResolveOne(Match match, string path)
    {
        if (match.Value == "$${")
        {
            return "${";
        }

        var (kind, name) = (match.Groups["kind"].Value, match.Groups["name"].Value);
        switch (kind)
        {
            case "env" when environment.TryGetValue(name, out var value) && value.Length > 0:
                return value;
            case "env":
                problems.Add(path, $"refers to the environment variable {name}, which is not set");
                return "";
            case "file":
                return ReadFile(name, path);
            default:
                problems.Add(path, "holds a ${ that begins neither ${env:NAME} nor ${file:PATH}; write $${ for the characters themselves");
                return "";
        }
    }

    private string ReadFile(string file, string path)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(path, $"refers to the file {file}, which cannot be read");
            return "";
        }
    }

    [GeneratedRegex(@"\$\$\{|\$\{(?:(?<kind>env|file):(?<name>[^}]+)\})?")]
    private static partial Regex Reference();
}
