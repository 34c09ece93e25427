using System.Text.RegularExpressions;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.RepositoryTests;

/// <summary>The shape of the source files.</summary>
public sealed partial class SourceFileTests
{
    private const int MaxLines = 400;
    private const int MaxMedianLines = 80;

    private static readonly string Source = Path.Combine(RepositoryFiles.Root, "src");

    private static readonly List<(string Path, string[] Lines)> Files =
        [.. Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => (Path.GetRelativePath(Source, f), File.ReadAllLines(f)))];

    [Fact]
    public void Files_are_small_enough_to_read_in_one_go()
    {
        Files.Where(f => f.Lines.Length > MaxLines).Select(f => $"{f.Path}: {f.Lines.Length}").ShouldBeEmpty();
        Files.Select(f => f.Lines.Length).Order().ElementAt(Files.Count / 2).ShouldBeLessThanOrEqualTo(MaxMedianLines);
    }

    [Fact]
    public void A_file_holds_one_top_level_type_and_is_named_for_it() =>
        Files.Select(f => (f.Path, Types: TopLevelTypes(f.Lines)))
            .Where(f => f.Types.Count > 0 && (f.Types.Count > 1 || f.Types[0] != Path.GetFileName(f.Path).Split('.')[0]))
            .Select(f => $"{f.Path}: {string.Join(", ", f.Types)}")
            .ShouldBeEmpty();

    [Fact]
    public void No_type_is_called_by_a_word_that_says_nothing() =>
        Files.SelectMany(f => f.Lines).Select(l => TypeDeclaration().Match(l)).Where(m => m.Success)
            .Select(m => m.Groups["name"].Value).Where(name => EmptyWord().IsMatch(name)).ShouldBeEmpty();

    [Fact]
    public void The_namespace_follows_the_folder() =>
        Files.Where(f => NamespaceOf(f.Lines) is { } ns && ns != ExpectedNamespace(f.Path)).Select(f => $"{f.Path}: {NamespaceOf(f.Lines)}").ShouldBeEmpty();

    [Fact]
    public void Sqlite_and_postgres_never_name_each_other()
    {
        Naming("Sqlite", "Npgsql").ShouldBeEmpty();
        Naming("Postgres", "Microsoft.Data.Sqlite").ShouldBeEmpty();

        static IEnumerable<string> Naming(string folder, string word) =>
            Files.Where(f => f.Path.StartsWith(Path.Combine("Keyholder.Storage", folder), StringComparison.Ordinal) && f.Lines.Any(l => l.Contains(word, StringComparison.Ordinal))).Select(f => f.Path);
    }

    [Fact]
    public void Only_the_composition_root_names_a_concrete_store() =>
        Files.Where(f => f.Path.StartsWith("Keyholder.Server", StringComparison.Ordinal) && !f.Path.StartsWith(Path.Combine("Keyholder.Server", "Hosting"), StringComparison.Ordinal))
            .Where(f => f.Lines.Any(l => l.Contains("Storage.Sqlite", StringComparison.Ordinal) || l.Contains("Storage.Postgres", StringComparison.Ordinal)))
            .Select(f => f.Path)
            .ShouldBeEmpty();

    [Fact]
    public void Nothing_is_left_for_later() =>
        Files.Where(f => f.Lines.Any(l => Later().IsMatch(l))).Select(f => f.Path).ShouldBeEmpty();

    private static List<string> TopLevelTypes(string[] lines) =>
        [.. lines.Where(l => l.Length > 0 && !char.IsWhiteSpace(l[0])).Select(l => TypeDeclaration().Match(l)).Where(m => m.Success).Select(m => m.Groups["name"].Value).Distinct()];

    private static string? NamespaceOf(string[] lines) =>
        lines.FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';');

    private static string ExpectedNamespace(string path)
    {
        var folders = path.Split(Path.DirectorySeparatorChar)[..^1];
        return string.Join('.', folders[0] == "Keyholder.Core" ? ["Keyholder", .. folders[1..]] : folders);
    }

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|sealed|static|abstract|partial|readonly|file|ref)\s+)*(?:class|struct|enum|interface|record(?:\s+struct|\s+class)?)\s+(?<name>\w+)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Utility)$")]
    private static partial Regex EmptyWord();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Later();
}
