using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Keyholder.Bench.Load;
using Keyholder.Bench.Refresh;
using Keyholder.Bench.Servers;
using Walkthrough.Servers;

namespace Keyholder.Bench.Revoke;

/// <summary>
/// Two nodes on one PostgreSQL, both under load: a session is revoked at one, and its access token is used at the other without a pause until it is refused.
/// Measured is from the moment the revocation was acknowledged to the arrival of the first refusal, or the cut of the answer under way; one that comes before counts as zero.
/// </summary>
internal static class RevocationPropagation
{
    private const int WarmUp = 10;

    public static async Task<int> RunAsync(string[] options, TimeProvider time)
    {
        var trials = CommandLine.Number(options, "--trials", 300);
        var callers = CommandLine.Number(options, "--callers", 16);
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
            var seeded = await SeededDatabase.AddSessionsAsync(here.ConfigurationFile, trials + WarmUp + (2 * callers), time);
            var tokens = new Queue<string>(Enumerable.Range(0, seeded.Count).Select(i => Encoding.ASCII.GetString(seeded[i])));
            await using var hereProcess = await here.StartAsync();
            await using var thereProcess = await there.StartAsync();
            using var stop = new CancellationTokenSource();
            var started = time.GetTimestamp();
            var load = Task.WhenAll(Enumerable.Range(0, 2 * callers).Select(i => new BackgroundCaller(i % 2 == 0 ? here : there, tokens.Dequeue(), time)).Select(c => Task.Run(() => c.RunAsync(stop.Token))));
            var delays = new List<double>();
            for (var i = 0; i < trials + WarmUp; i++)
            {
                var delay = await MeasureAsync(here, there, tokens.Dequeue());
                if (i >= WarmUp)
                {
                    delays.Add(delay.TotalMilliseconds);
                }
            }

            await stop.CancelAsync();
            var (refreshes, calls) = (await load).Aggregate((0, 0), (sum, one) => (sum.Item1 + one.Refreshes, sum.Item2 + one.Calls));
            var seconds = time.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"load meanwhile on the two nodes: {refreshes / seconds:N0} refreshes/s and {calls / seconds:N0} calls/s"));
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
        Require(200, await revoking.SendAsync(BenchRequests.Refresh(here, refreshToken), CancellationToken.None), revoking);
        var granted = BenchRequests.ReadTokens(revoking.LastResponseText());
        var call = BenchRequests.Call(there, granted.AccessToken);
        Require(200, await calling.SendAsync(call, CancellationToken.None), calling);

        var refused = Task.Run(() => CallUntilRefusedAsync(there, calling, call));
        Require(200, await revoking.SendAsync(BenchRequests.Revoke(here, granted.RefreshToken), CancellationToken.None), revoking);
        var acknowledged = Stopwatch.GetTimestamp();
        var delay = Stopwatch.GetElapsedTime(acknowledged, await refused);
        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }

    private static async Task<long> CallUntilRefusedAsync(KeyholderNode node, KeepAliveConnection connection, ReadOnlyMemory<byte> call)
    {
        try
        {
            int status;
            while ((status = await connection.SendAsync(call, CancellationToken.None)) == 200)
            {
            }

            var refused = Stopwatch.GetTimestamp();
            Require(401, status, connection);
            return refused;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The revocation cut the answer that was under way.
            var cut = Stopwatch.GetTimestamp();
            using var next = await KeepAliveConnection.OpenAsync(node.Address, CancellationToken.None);
            Require(401, await next.SendAsync(call, CancellationToken.None), next);
            return cut;
        }
    }

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
