using Keyholder.Tests.Testing;

namespace Keyholder.Tests.RepositoryTests;

public sealed class BackendSeparationTests
{
    [Theory]
    [InlineData("Sqlite", "Npgsql", "Postgres")]
    [InlineData("Postgres", "Sqlite", "Sqlite")]
    [InlineData("Rows", "Npgsql", "Sqlite")]
    public void No_backend_names_another_and_what_they_share_names_none(string folder, string driver, string backend)
    {
        var files = Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "src", "Keyholder.Storage", folder), "*.cs");

        files.ShouldNotBeEmpty();
        files.Where(file => File.ReadAllText(file) is var text
            && (text.Contains(driver, StringComparison.OrdinalIgnoreCase) || text.Contains(backend, StringComparison.OrdinalIgnoreCase))).ShouldBeEmpty();
    }
}
