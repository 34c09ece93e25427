using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Keyholder.Bench.Load;
using Keyholder.Bench.Refresh;
using Keyholder.Bench.Servers;
using Walkthrough.Servers;

namespace Keyholder.Bench.Revoke;

/// <summary>
/// Two nodes on one PostgreSQL: a session is revoked at one, and its access token is used at the other without a pause until it is refused. Measured
/// is from the moment the revocation was acknowledged to the arrival of the first refusal; a refusal that comes before counts as zero.
/// </summary>
internal static class RevocationPropagation
{
    private const int WarmUp = 10;

    public static async Task<int> RunAsync(string[] options, TimeProvider time)
    {
        var trials = CommandLine.Number(options, "--trials", 300);
        var folder = Directory.CreateTempSubdirectory("keyholder-bench-");
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
            var here = KeyholderNode.Configure(folder.FullName, postgres.Storage, new Uri(upstreamUrl, "/mcp"));
            var there = here.ConfigureAnother();
            var tokens = await SeededDatabase.AddSessionsAsync(here.ConfigurationFile, trials + WarmUp, time);
            await using var hereProcess = await here.StartAsync();
            await using var thereProcess = await there.StartAsync();
            var delays = new List<double>();
            for (var i = 0; i < trials + WarmUp; i++)
            {
                var delay = await MeasureAsync(here, there, Encoding.ASCII.GetString(tokens[i]));
                if (i >= WarmUp)
                {
                    delays.Add(delay.TotalMilliseconds);
                }
            }

            Print(delays);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<TimeSpan> MeasureAsync(KeyholderNode here, KeyholderNode there, string refreshToken)
    {
        using var revoking = await KeepAliveConnection.OpenAsync(here.Address, CancellationToken.None);
        using var calling = await KeepAliveConnection.OpenAsync(there.Address, CancellationToken.None);
        Require(200, await revoking.SendAsync(Form(here, "/token", $"grant_type=refresh_token&refresh_token={refreshToken}"), CancellationToken.None), revoking);
        var body = revoking.LastResponseText();
        using var granted = JsonDocument.Parse(body[body.IndexOf('{', StringComparison.Ordinal)..(body.LastIndexOf('}') + 1)]);
        var call = HttpRequestBytes.Post(
            new Uri(there.PublicUrl, "/mcp/bench"),
            "application/json",
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"}}}""",
            ("Accept", "application/json, text/event-stream"),
            ("Authorization", "Bearer " + granted.RootElement.GetProperty("access_token").GetString()));
        Require(200, await calling.SendAsync(call, CancellationToken.None), calling);

        var refused = Task.Run(() => CallUntilRefusedAsync(calling, call));
        Require(200, await revoking.SendAsync(Form(here, "/revoke", $"token={granted.RootElement.GetProperty("refresh_token").GetString()}"), CancellationToken.None), revoking);
        var acknowledged = Stopwatch.GetTimestamp();
        var delay = Stopwatch.GetElapsedTime(acknowledged, await refused);
        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }

    private static async Task<long> CallUntilRefusedAsync(KeepAliveConnection connection, ReadOnlyMemory<byte> call)
    {
        int status;
        while ((status = await connection.SendAsync(call, CancellationToken.None)) == 200)
        {
        }

        var refused = Stopwatch.GetTimestamp();
        Require(401, status, connection);
        return refused;
    }

    private static byte[] Form(KeyholderNode node, string path, string body) =>
        HttpRequestBytes.Post(new Uri(node.PublicUrl, path), "application/x-www-form-urlencoded", $"{body}&client_id={SeededDatabase.ClientId}");

    private static void Require(int expected, int status, KeepAliveConnection connection)
    {
        if (status != expected)
        {
            throw new InvalidOperationException($"Expected {expected}: {connection.LastResponseText()}");
        }
    }

    private static void Print(List<double> delays)
    {
        delays.Sort();
        var (p50, p99, max) = (delays[delays.Count / 2], delays[(int)(delays.Count * 0.99)], delays[^1]);
        Console.WriteLine($"{delays.Count} revocations at one node, each followed at another on the same PostgreSQL");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"revoke_p50_ms={p50:F1} revoke_p99_ms={p99:F1} revoke_max_ms={max:F1}"));
    }
}
