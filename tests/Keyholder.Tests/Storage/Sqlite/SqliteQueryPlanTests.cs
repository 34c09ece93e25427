using System.Text.RegularExpressions;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Storage.Sqlite;

/// <summary>What SQLite plans for the statements it ran. Plans do not depend on the rows: Keyholder gathers no statistics.</summary>
public sealed partial class SqliteQueryPlanTests
{
    public static TheoryData<string> Names => HotStatements.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_hot_or_paged_reads_what_grows_by_an_index(string name)
    {
        await using var storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, new ManualTimeProvider(), default);

        await HotStatements.ExecuteAsync(name, storage);

        var plans = await storage.Database.ReadAsync(
            connection => connection.Statements.Where(sql => Reads().IsMatch(sql)).ToList().ConvertAll(sql => (Sql: sql, Steps: Explain(connection, sql))), default);
        plans.ShouldNotBeEmpty();
        foreach (var (sql, steps) in plans)
        {
            FullScans(steps).ShouldBeEmpty($"{sql}\n{string.Join('\n', steps)}");
        }
    }

    [Fact]
    public async Task A_statement_without_an_index_is_noticed()
    {
        await using var storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, new ManualTimeProvider(), default);

        var steps = await storage.Database.ReadAsync(connection => Explain(connection, "SELECT id FROM sessions WHERE resource = 'x'"), default);

        FullScans(steps).ShouldHaveSingleItem();
    }

    // Rows that another step hands on one by one are read once anyway.
    private static IEnumerable<string> FullScans(List<string> steps) =>
        steps.Where(step => FullScan().IsMatch(step) && !(step == "SCAN listed" && steps.Exists(s => s is "CO-ROUTINE listed" or "MATERIALIZE listed")));

    private static List<string> Explain(PreparedConnection connection, string sql) => connection.Query("EXPLAIN QUERY PLAN " + sql, row => row.GetString(3));

    [GeneratedRegex("SELECT|UPDATE|DELETE")]
    private static partial Regex Reads();

    // Walking one of their indexes is no full scan as long as it is the order of a page: those are named.
    [GeneratedRegex("^SCAN (sessions|listed|revocations|audit_events)(?! USING (COVERING )?INDEX sessions_unrevoked_newest)")]
    private static partial Regex FullScan();
}
