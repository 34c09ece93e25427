using System.Globalization;
using Keyholder.Bench.Servers;
using Walkthrough.Servers;

namespace Keyholder.Bench.Refresh;

/// <summary>
/// Refreshes over many stored sessions beside the ceiling, a bare endpoint that only reads the form and signs. Every server has a process of its own,
/// rounds are short and alternate, so what the machine does meanwhile falls on all alike: the ratios are what counts.
/// </summary>
internal static class RefreshComparison
{
    public static async Task<int> RunAsync(string[] options, TimeProvider time)
    {
        var rounds = CommandLine.Number(options, "--rounds", 5);
        var seconds = CommandLine.Number(options, "--seconds", 2);
        var sessions = CommandLine.Number(options, "--sessions", 100_000);
        var backends = CommandLine.Words(options, "--backends", "sqlite", "postgres");
        int[] allCallers = [.. CommandLine.Words(options, "--callers", "32", "256").Select(callers => int.Parse(callers, CultureInfo.InvariantCulture))];
        var folder = Directory.CreateTempSubdirectory("keyholder-bench-");
        var processes = new List<ServerProcess>();
        await using var postgres = backends.Contains("postgres") ? await PostgresServer.StartAsync() : null;
        try
        {
            List<RefreshTarget> targets = [await StartCeilingAsync(sessions, processes)];
            if (backends.Contains("sqlite"))
            {
                targets.Add(await StartAsync("SQLite", KeyholderNode.Configure(folder.FullName), database: null, sessions, processes, time));
            }

            if (postgres is not null)
            {
                targets.Add(await StartAsync("Postgres", KeyholderNode.Configure(folder.FullName, postgres.Storage), postgres, sessions, processes, time));
            }
            else if (backends.Contains("postgres"))
            {
                Console.Error.WriteLine("PostgreSQL is not installed: measured without it.");
            }

            for (var round = -1; round < rounds; round++)
            {
                foreach (var callers in allCallers)
                {
                    foreach (var target in targets)
                    {
                        await target.RunAsync(callers, TimeSpan.FromSeconds(seconds), keep: round >= 0);
                    }
                }
            }

            Print(targets, allCallers, sessions, rounds);
            return 0;
        }
        finally
        {
            foreach (var process in processes)
            {
                await process.DisposeAsync();
            }

            folder.Delete(recursive: true);
        }
    }

    private static async Task<RefreshTarget> StartCeilingAsync(int sessions, List<ServerProcess> processes)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var process = await ServerProcess.StartAsync(Environment.ProcessPath!, ["serve-signer", url.GetLeftPart(UriPartial.Authority)], [], new Uri(url, "/ready"), CancellationToken.None);
        processes.Add(process);
        return new RefreshTarget("ceiling", url, process, new RefreshTokens(Enumerable.Repeat("kh_rt_".PadRight(RefreshTokens.Length, 'A'), sessions)));
    }

    private static async Task<RefreshTarget> StartAsync(
        string name, KeyholderNode node, PostgresServer? database, int sessions, List<ServerProcess> processes, TimeProvider time)
    {
        var tokens = await SeededDatabase.AddSessionsAsync(node.ConfigurationFile, sessions, time);
        var process = await node.StartAsync();
        processes.Add(process);
        return new RefreshTarget(name, node.Address, process, tokens, database);
    }

    private static void Print(List<RefreshTarget> targets, int[] allCallers, int sessions, int rounds)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"refreshes over {sessions:N0} sessions, medians of {rounds} alternating rounds"));
        Console.WriteLine($"{"",-12} {"callers",8} {"requests/s",12} {"p50 ms",8} {"p99 ms",8} {"CPU ms/1000",12} {"database",9} {"of ceiling",11} {"RSS MiB",9}");
        foreach (var callers in allCallers)
        {
            foreach (var target in targets)
            {
                var m = target.Median(callers);
                var ratio = m.RequestsPerSecond / targets[0].Median(callers).RequestsPerSecond;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name,-12} {callers,8} {m.RequestsPerSecond,12:N0} {m.P50 / 1000,8:N1} {m.P99 / 1000,8:N1} {m.CpuPerThousand,12:N1} {m.DatabaseCpuPerThousand,9:N1} {ratio,11:N2} {target.Process.ResidentMiB,9:N0}"));
            }
        }

        var busiest = allCallers[^1];
        var ceiling = targets[0].Median(busiest).RequestsPerSecond;
        var ratios = targets.Skip(1).Select(t => string.Create(CultureInfo.InvariantCulture, $"refresh_{t.Name.ToLowerInvariant()}_ratio={t.Median(busiest).RequestsPerSecond / ceiling:F2}"));
        var p99 = targets.Skip(1).Max(t => t.Median(busiest).P99) / 1000;
        var rss = targets.Skip(1).Max(t => t.Process.ResidentMiB);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', ratios)} p99_ms={p99:F1} rss_mb={rss:F0}"));
    }
}
