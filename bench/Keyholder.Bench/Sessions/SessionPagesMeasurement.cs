using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Keyholder.Bench.Servers;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;
using Walkthrough.Servers;

namespace Keyholder.Bench.Sessions;

/// <summary>Every kind of page of the list of sessions, on both backends, over very many sessions.</summary>
internal static class SessionPagesMeasurement
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    public static async Task<int> RunAsync(string[] options, TimeProvider time)
    {
        var sessions = CommandLine.Number(options, "--sessions", 1_000_000);
        var rounds = CommandLine.Number(options, "--rounds", 21);
        var folder = Directory.CreateTempSubdirectory("keyholder-bench-");
        await using var postgres = await PostgresServer.StartAsync();
        if (postgres is null)
        {
            Console.Error.WriteLine("PostgreSQL is not installed.");
            return 1;
        }

        try
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{sessions:N0} sessions of {SessionPopulation.Users:N0} users and {SessionPopulation.Clients:N0} clients; milliseconds: fastest, median and slowest of {rounds}"));
            var sqlite = await MeasureAsync("SQLite", KeyholderNode.Configure(folder.CreateSubdirectory("sqlite").FullName), sessions, rounds, time);
            var postgreSql = await MeasureAsync("PostgreSQL", KeyholderNode.Configure(folder.CreateSubdirectory("postgres").FullName, postgres.Storage), sessions, rounds, time);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"slowest_page_sqlite_ms={sqlite:F1} slowest_page_postgres_ms={postgreSql:F1}"));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The median of the slowest kind of page, in milliseconds.</summary>
    private static async Task<double> MeasureAsync(string name, KeyholderNode node, int sessions, int rounds, TimeProvider time)
    {
        var configuration = ConfigurationLoader.Load(node.ConfigurationFile, new Dictionary<string, string>()).Configuration!;
        await using var storage = await StorageServices.OpenAsync(configuration.Storage, time, CancellationToken.None);
        var now = time.GetUtcNow();
        var start = now - Lifetime;
        await using (var connection = Connect(configuration.Storage))
        {
            await connection.OpenAsync();
            await SessionPopulation.FillAsync(connection, configuration.Storage.Kind == StorageKind.Postgres, sessions, start, now + Lifetime);
        }

        var slowest = 0.0;
        foreach (var (page, query) in Pages(new RowPosition(start.AddMilliseconds(sessions / 2), UInt128.Zero)))
        {
            var times = new double[rounds];
            var rows = 0;
            for (var round = -3; round < rounds; round++)
            {
                var began = Stopwatch.GetTimestamp();
                rows = (await storage.SessionDirectory.ListAsync(query, now, CancellationToken.None)).Count;
                times[Math.Max(round, 0)] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            }

            Array.Sort(times);
            slowest = Math.Max(slowest, times[rounds / 2]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10} {page,-48} {rows,4} rows {times[0],8:F2} {times[rounds / 2],8:F2} {times[^1],8:F2}"));
        }

        return slowest;
    }

    private static IEnumerable<(string Name, SessionQuery Query)> Pages(RowPosition middle)
    {
        var page = new SessionQuery { Limit = 50 };
        yield return ("first", page);
        yield return ("first, the longest", page with { Limit = 500 });
        yield return ("middle", page with { After = middle });
        yield return ("middle, virtual keys", page with { After = middle, SubjectKind = SubjectKind.VirtualKey });
        yield return ("middle, a popular client", page with { After = middle, ClientId = $"c{SessionPopulation.DormantClients + 1}" });
        yield return ("one user", page with { Subject = Subject.User("u4711") });
        yield return ("text nothing matches", page with { Text = "nobody at all" });
        yield return ("text of one user", page with { Text = "person 4711" });
        yield return ("text of one user's login", page with { Text = "login4711" });
        yield return ("text of one client", page with { Text = "agent 4711" });
        yield return ("text of every user", page with { Text = "person" });
        yield return ("text of every user, middle", page with { Text = "person", After = middle });
        yield return ("text of every user, virtual keys", page with { Text = "person", SubjectKind = SubjectKind.VirtualKey });
        yield return ("text of some clients", page with { Text = "agent 47" });
        yield return ("text of some clients, middle", page with { Text = "agent 47", After = middle });
        yield return ("text of some clients, the longest", page with { Text = "agent 47", Limit = 500 });
        yield return ("text of clients with old sessions only", page with { Text = "dormant" });
        yield return ("a letter", page with { Text = "e" });
    }

    private static DbConnection Connect(StorageConfiguration storage) =>
        storage.Kind == StorageKind.Postgres ? new NpgsqlConnection(storage.ConnectionString) : new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = storage.Path }.ToString());
}
