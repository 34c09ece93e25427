using System.Diagnostics;

namespace Keyholder.Bench.Load;

/// <summary>Closed-loop load: each connection sends its next request when the last one is answered.</summary>
internal static class LoadGenerator
{
    /// <summary>Runs for <paramref name="duration"/> and measures. Every response has to be 200.</summary>
    /// <param name="url">Where to connect to.</param>
    /// <param name="request">The request's bytes.</param>
    /// <param name="connections">How many keep-alive connections.</param>
    /// <param name="duration">How long.</param>
    /// <param name="processorTime">The processor time of the server under test.</param>
    public static Task<Measurement> RunAsync(Uri url, ReadOnlyMemory<byte> request, int connections, TimeSpan duration, Func<TimeSpan> processorTime)
    {
        var same = new SameRequest(request);
        return RunAsync(url, _ => same, connections, duration, processorTime);
    }

    /// <inheritdoc cref="RunAsync(Uri, ReadOnlyMemory{byte}, int, TimeSpan, Func{TimeSpan})" />
    /// <param name="url">Where to connect to.</param>
    /// <param name="requests">What each connection sends.</param>
    /// <param name="connections">How many keep-alive connections.</param>
    /// <param name="duration">How long.</param>
    /// <param name="processorTime">The processor time of the server under test.</param>
    /// <param name="databaseTime">The processor time of its database server, if it has one.</param>
    public static async Task<Measurement> RunAsync(
        Uri url, Func<int, IRequestSequence> requests, int connections, TimeSpan duration, Func<TimeSpan> processorTime, Func<TimeSpan>? databaseTime = null)
    {
        var open = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => KeepAliveConnection.OpenAsync(url, CancellationToken.None)));
        var (cpu, databaseCpu) = (processorTime(), databaseTime?.Invoke());
        var started = Stopwatch.GetTimestamp();
        var deadline = started + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var latencies = await Task.WhenAll(open.Select((c, i) => Task.Run(() => LoopAsync(c, requests(i), deadline))));
        var elapsed = Stopwatch.GetElapsedTime(started);
        (cpu, databaseCpu) = (processorTime() - cpu, databaseTime?.Invoke() - databaseCpu);
        foreach (var connection in open)
        {
            connection.Dispose();
        }

        var all = latencies.SelectMany(l => l).ToArray();
        Array.Sort(all);
        var microseconds = 1_000_000.0 / Stopwatch.Frequency;
        return new Measurement(
            all.Length / elapsed.TotalSeconds,
            all[all.Length / 2] * microseconds,
            all[(int)(all.Length * 0.99)] * microseconds,
            cpu.TotalMilliseconds * 1000 / all.Length,
            (databaseCpu?.TotalMilliseconds ?? 0) * 1000 / all.Length);
    }

    private static async Task<List<long>> LoopAsync(KeepAliveConnection connection, IRequestSequence requests, long deadline)
    {
        var latencies = new List<long>(64 * 1024);
        for (var start = Stopwatch.GetTimestamp(); start < deadline;)
        {
            var status = await connection.SendAsync(requests.Next(), CancellationToken.None);
            var end = Stopwatch.GetTimestamp();
            if (status != 200)
            {
                throw new InvalidOperationException($"Expected 200: {connection.LastResponseText()}");
            }

            requests.Take(connection.LastResponse);

            latencies.Add(end - start);
            start = end;
        }

        return latencies;
    }
}
