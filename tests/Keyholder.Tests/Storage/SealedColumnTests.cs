using System.Text.RegularExpressions;
using Keyholder.Storage;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Storage;

/// <summary>The list of sealed columns against the page that describes the schema: a sealed column that is not in the list would be lost with its key.</summary>
public sealed partial class SealedColumnTests
{
    [Fact]
    public void Every_column_the_schema_page_calls_sealed_by_the_vault_is_in_the_list()
    {
        var described = new List<string>();
        var tables = new List<string>();
        var table = "";
        foreach (var line in RepositoryFiles.Read("docs/storage-schema.md").Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                tables = [.. line[3..].Split(", ")];
                table = tables[0];
            }

            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length > 2 && Quoted().Match(cells[1]) is { Success: true } named && tables.Contains(named.Groups[1].Value))
            {
                table = named.Groups[1].Value;
            }

            // The successor of a refresh token is sealed with its predecessor's secret, not with a key of the vault.
            if (line.Contains("**sealed**:", StringComparison.Ordinal))
            {
                var column = cells.Skip(1).Take(2).Select(cell => Quoted().Match(cell)).Last(match => match.Success).Groups[1].Value;
                described.Add($"{table}.{column}");
            }
        }

        described.Order(StringComparer.Ordinal).ShouldBe(SealedColumn.All.Select(column => $"{column.Table}.{column.Envelope}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_kind_has_one_column() =>
        SealedColumn.All.Select(column => column.Kind).ShouldBe(Enum.GetValues<SealedKind>());

    [GeneratedRegex("^`([a-z_]+)`$")]
    private static partial Regex Quoted();
}
