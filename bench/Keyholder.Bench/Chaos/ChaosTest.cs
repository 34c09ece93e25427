using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Keyholder.Bench.Chaos.History;
using Keyholder.Bench.Refresh;
using Keyholder.Sessions;
using Keyholder.Tokens;
using Walkthrough.Servers;

namespace Keyholder.Bench.Chaos;

/// <summary>
/// Three nodes on one PostgreSQL, many clients that refresh, call and are revoked, while nodes are killed with SIGKILL and PostgreSQL crashes. Every client
/// writes down what it saw, and <see cref="HistoryJudge"/> holds that against what the server promises.
/// </summary>
internal static class ChaosTest
{
    private const int NodeCount = 3;

    // Shorter than the defaults, so that a run of seconds sees nodes come close to them.
    private static readonly TimeSpan MaxStaleness = TimeSpan.FromSeconds(3);
    private static readonly JsonObject Revocation = new() { ["pollInterval"] = "500ms", ["maxStaleness"] = "3s" };

    /// <summary>Runs it; 0 when every promise was kept.</summary>
    public static async Task<int> RunAsync(string[] options, TimeProvider time)
    {
        var seconds = CommandLine.Number(options, "--seconds", 60 * CommandLine.Number(options, "--minutes", 1));
        var clients = CommandLine.Number(options, "--clients", 200);
        var folder = Directory.CreateTempSubdirectory("keyholder-chaos-");
        await using var postgres = await PostgresServer.StartAsync();
        if (postgres is null)
        {
            Console.Error.WriteLine("PostgreSQL is not installed.");
            return 1;
        }

        try
        {
            var upstreamUrl = new Uri($"http://127.0.0.1:{FreePort.Find()}");
            await using var upstream = await ServerProcess.StartAsync(
                Environment.ProcessPath!, ["serve-upstream", upstreamUrl.GetLeftPart(UriPartial.Authority)], [], new Uri(upstreamUrl, "/ready"), CancellationToken.None);
            await using var cluster = NodeCluster.Configure(NodeCount, folder.FullName, postgres.Storage, new Uri(upstreamUrl, "/mcp"), Revocation);
            var tokens = await SeededDatabase.AddSessionsAsync(cluster.Nodes[0].ConfigurationFile, clients + (clients * seconds / 8), time);
            await Task.WhenAll(Enumerable.Range(0, NodeCount).Select(cluster.StartAsync));

            var promises = new Promises(new SessionOptions().RetryWindow, new AccessTokenOptions().Lifetime, MaxStaleness);
            var report = new ChaosReport(promises);
            var unused = new ConcurrentQueue<string>(Enumerable.Range(0, tokens.Count).Select(i => Encoding.ASCII.GetString(tokens[i])));
            var saboteur = new Saboteur(cluster, postgres, time);
            var started = time.GetTimestamp();
            using var quiet = new CancellationTokenSource();
            var running = Enumerable.Range(0, clients).Select(number => Task.Run(() => RunClientAsync(number))).ToList();
            try
            {
                await saboteur.RunAsync(TimeSpan.FromSeconds(seconds));
            }
            finally
            {
                await quiet.CancelAsync();
                await Task.WhenAll(running);
            }

            report.Print(cluster.Killed, saboteur.Restarts);
            return report.IsClean && cluster.Killed > 0 && saboteur.Restarts > 0 ? 0 : 1;

            async Task RunClientAsync(int number)
            {
                var client = new ChaosClient(NodeCount, promises, time);
                do
                {
                    if (!unused.TryDequeue(out var token))
                    {
                        return;
                    }

                    using var session = new SessionClient(cluster.Nodes, token, time, started);
                    report.Take(number, await client.UseAsync(session, quiet.Token));
                }
                while (!quiet.IsCancellationRequested);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
