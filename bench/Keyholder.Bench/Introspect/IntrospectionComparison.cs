using System.Globalization;
using System.Text.Json;
using Keyholder.Bench.Load;
using Keyholder.Bench.Refresh;
using Keyholder.Bench.Servers;
using Walkthrough.Servers;

namespace Keyholder.Bench.Introspect;

/// <summary>
/// Introspection of access tokens the server has seen before, beside the ceiling, a bare endpoint that reads the same form and gives an answer of the same
/// shape. Rounds are short and alternate: the ratio is what counts.
/// </summary>
internal static class IntrospectionComparison
{
    private static readonly int[] AllCallers = [32, 256];

    public static async Task<int> RunAsync(string[] options, TimeProvider time)
    {
        var rounds = CommandLine.Number(options, "--rounds", 5);
        var seconds = CommandLine.Number(options, "--seconds", 2);
        var count = CommandLine.Number(options, "--tokens", 10_000);
        var folder = Directory.CreateTempSubdirectory("keyholder-bench-");
        try
        {
            var node = KeyholderNode.Configure(folder.FullName);
            var refreshTokens = await SeededDatabase.AddSessionsAsync(node.ConfigurationFile, count, time);
            await using var keyholder = await node.StartAsync();
            var tokens = await ObtainAsync(node.Address, refreshTokens);
            var ceilingUrl = new Uri($"http://127.0.0.1:{FreePort.Find()}");
            await using var ceiling = await ServerProcess.StartAsync(
                Environment.ProcessPath!, ["serve-signer", ceilingUrl.GetLeftPart(UriPartial.Authority)], [], new Uri(ceilingUrl, "/ready"), CancellationToken.None);

            (string Name, Uri Url, ServerProcess Process)[] targets = [("ceiling", ceilingUrl, ceiling), ("Keyholder", node.Address, keyholder)];
            var measured = new Dictionary<(string Name, int Callers), List<Measurement>>();
            for (var round = -1; round < rounds; round++)
            {
                foreach (var callers in AllCallers)
                {
                    foreach (var (name, url, process) in targets)
                    {
                        var endpoint = new Uri(url, "/introspect");
                        var requests = IntrospectionRequests.Create(endpoint, tokens);
                        var result = await LoadGenerator.RunAsync(
                            endpoint, i => new IntrospectionRequests(requests, i * requests.Count / callers), callers, TimeSpan.FromSeconds(seconds), () => process.ProcessorTime);
                        if (round >= 0)
                        {
                            measured.TryAdd((name, callers), []);
                            measured[(name, callers)].Add(result);
                        }
                    }
                }
            }

            Print(targets, measured, count, rounds);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>An access token of every session.</summary>
    private static async Task<IReadOnlyList<string>> ObtainAsync(Uri address, RefreshTokens refreshTokens)
    {
        var endpoint = new Uri(address, "/token");
        var requests = new RefreshRequests(endpoint, refreshTokens, caller: 0, callers: 1);
        using var connection = await KeepAliveConnection.OpenAsync(endpoint, CancellationToken.None);
        var tokens = new List<string>(refreshTokens.Count);
        for (var i = 0; i < refreshTokens.Count; i++)
        {
            await connection.SendAsync(requests.Next(), CancellationToken.None);
            var text = connection.LastResponseText();
            requests.Take(connection.LastResponse);
            using var granted = JsonDocument.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..(text.LastIndexOf('}') + 1)]);
            tokens.Add(granted.RootElement.GetProperty("access_token").GetString()!);
        }

        return tokens;
    }

    private static void Print(
        (string Name, Uri Url, ServerProcess Process)[] targets, Dictionary<(string Name, int Callers), List<Measurement>> measured, int tokens, int rounds)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"introspection of {tokens:N0} access tokens, medians of {rounds} alternating rounds"));
        Console.WriteLine($"{"",-12} {"callers",8} {"requests/s",12} {"p50 ms",8} {"p99 ms",8} {"CPU ms/1000",12} {"of ceiling",11} {"RSS MiB",9}");
        foreach (var callers in AllCallers)
        {
            foreach (var (name, _, process) in targets)
            {
                var m = Measurement.Median(measured[(name, callers)]);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-12} {callers,8} {m.RequestsPerSecond,12:N0} {m.P50 / 1000,8:N1} {m.P99 / 1000,8:N1} {m.CpuPerThousand,12:N1} {RatioOf(name, callers),11:N2} {process.ResidentMiB,9:N0}"));
            }
        }

        var p99 = Measurement.Median(measured[(targets[^1].Name, AllCallers[^1])]).P99 / 1000;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"introspect_ratio={RatioOf(targets[^1].Name, AllCallers[^1]):F2} p99_ms={p99:F1}"));

        double RatioOf(string name, int callers) =>
            Measurement.Median(measured[(name, callers)]).RequestsPerSecond / Measurement.Median(measured[(targets[0].Name, callers)]).RequestsPerSecond;
    }
}
