using System.Text.RegularExpressions;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.RepositoryTests;

/// <summary>docs/guarantees.md names only tests there are.</summary>
public sealed partial class GuaranteesDocumentTests
{
    [Fact]
    public void Every_test_it_names_exists()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Declarations().Matches(File.ReadAllText(file)).Select(m => m.Groups["name"].Value))
            .ToHashSet();
        var named = Named().Matches(RepositoryFiles.Read("docs/guarantees.md")).Select(m => m.Groups["name"].Value).ToList();

        named.Count.ShouldBeGreaterThan(80);
        named.Where(name => !tests.Contains(name)).ShouldBeEmpty();
    }

    [GeneratedRegex(@"public\s+(?:async\s+)?(?:void|Task|bool|Property)\s+(?<name>\w+)\s*\(")]
    private static partial Regex Declarations();

    // A test's name is a sentence: it has underscores.
    [GeneratedRegex(@"`(?<name>[A-Z]\w*_\w+)`")]
    private static partial Regex Named();
}
