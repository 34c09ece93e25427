using System.Globalization;
using Keyholder.Bench.Load;
using Walkthrough;
using Walkthrough.Servers;

namespace Keyholder.Bench;

/// <summary>One small <c>tools/call</c> POST, direct to the upstream, through a bare YARP forwarder, and through Keyholder with authentication and vault on. Short alternating rounds, medians.</summary>
internal static class GatewayComparison
{
    private const string Call = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"}}}""";
    private const int Connections = 32;

    public static async Task<int> RunAsync(string[] options)
    {
        var seconds = CommandLine.Number(options, "--seconds", 3);
        var rounds = CommandLine.Number(options, "--rounds", 7);
        var self = Environment.ProcessPath!;
        var folder = Directory.CreateTempSubdirectory("keyholder-bench-");
        try
        {
            var upstreamUrl = Loopback();
            await using var upstream = await ServerProcess.StartAsync(self, ["serve-upstream", Authority(upstreamUrl)], [], new Uri(upstreamUrl, "/ready"), default);
            var forwarderUrl = Loopback();
            await using var forwarder = await ServerProcess.StartAsync(self, ["serve-forwarder", Authority(forwarderUrl), Authority(upstreamUrl)], [], new Uri(forwarderUrl, "/ready"), default);
            await using var demo = await DemoEnvironment.StartAsync(
                new DemoEnvironmentOptions
                {
                    DataFolder = folder.FullName,
                    UserResources = new Dictionary<string, Uri> { ["bench"] = new(upstreamUrl, "/mcp") },
                },
                default);
            var idle = demo.Keyholder.ResidentMiB;
            var token = (await PlainClient.AuthorizeAsync(demo, demo.Resource("bench"), default)).AccessToken;

            (string Name, Uri Url, ServerProcess Process)[] targets =
            [
                ("direct", new Uri(upstreamUrl, "/mcp"), upstream),
                ("bare YARP", new Uri(forwarderUrl, "/mcp"), forwarder),
                ("Keyholder", demo.Resource("bench"), demo.Keyholder),
            ];
            var loaded = targets.ToDictionary(t => t.Name, _ => new List<Measurement>());
            var single = targets.ToDictionary(t => t.Name, _ => new List<Measurement>());
            for (var round = -1; round < rounds; round++)
            {
                foreach (var (name, url, process) in targets)
                {
                    var request = HttpRequestBytes.Post(url, "application/json", Call, ("Accept", "application/json, text/event-stream"), ("Authorization", "Bearer " + token));
                    var many = await LoadGenerator.RunAsync(url, request, Connections, TimeSpan.FromSeconds(seconds), () => process.ProcessorTime);
                    var one = await LoadGenerator.RunAsync(url, request, 1, TimeSpan.FromSeconds(seconds / 3.0), () => process.ProcessorTime);
                    if (round >= 0)
                    {
                        loaded[name].Add(many);
                        single[name].Add(one);
                    }
                }
            }

            Print(targets, loaded, single, idle);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Print(
        (string Name, Uri Url, ServerProcess Process)[] targets,
        Dictionary<string, List<Measurement>> loaded,
        Dictionary<string, List<Measurement>> single,
        double idle)
    {
        Console.WriteLine($"{Connections} connections, medians of {loaded["direct"].Count} alternating rounds; the last column is the p50 of one connection alone");
        Console.WriteLine($"{"",-10} {"requests/s",12} {"p50 µs",9} {"p99 µs",9} {"CPU ms/1000",12} {"RSS MiB",9} {"p50 alone µs",13}");
        foreach (var (name, _, process) in targets)
        {
            var many = Measurement.Median(loaded[name]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10} {many.RequestsPerSecond,12:N0} {many.P50,9:N0} {many.P99,9:N0} {many.CpuPerThousand,12:N1} {process.ResidentMiB,9:N1} {Measurement.Median(single[name]).P50,13:N0}"));
        }

        var ratio = Measurement.Median(loaded["Keyholder"]).RequestsPerSecond / Measurement.Median(loaded["bare YARP"]).RequestsPerSecond;
        var added = Measurement.Median(single["Keyholder"]).P50 - Measurement.Median(single["direct"]).P50;
        var rss = targets[^1].Process.ResidentMiB;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Keyholder idle after start: {idle:N1} MiB. added_p50_us is over the direct call, one connection alone."));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"gateway_ratio={ratio:F2} added_p50_us={added:F0} rss_mb={rss:F0}"));
    }

    private static Uri Loopback() => new($"http://127.0.0.1:{FreePort.Find()}");

    private static string Authority(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
