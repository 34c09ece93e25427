using System.Security.Cryptography;
using Walkthrough.Servers;

namespace Keyholder.Bench.Chaos;

/// <summary>Kills nodes and crashes PostgreSQL, one after the other and both at once, and brings back what it broke.</summary>
internal sealed class Saboteur(NodeCluster cluster, PostgresServer postgres, TimeProvider time)
{
    /// <summary>How often PostgreSQL crashed and came back.</summary>
    public int Restarts { get; private set; }

    /// <summary>Goes on until the time is up; when this returns, everything runs again.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        var started = time.GetTimestamp();
        for (var strike = 0; time.GetElapsedTime(started) < duration; strike++)
        {
            await Task.Delay(Milliseconds(300, 1500), time);
            await StrikeAsync(strike);
        }

        for (var node = 0; node < cluster.Nodes.Count; node++)
        {
            cluster.EnsureRunning(node);
        }
    }

    private Task StrikeAsync(int strike) => (strike % 4) switch
    {
        0 => KillAsync(1),
        1 => CrashPostgresAsync(),
        2 => KillAsync(2),
        _ => Task.WhenAll(KillAsync(1), CrashPostgresAsync()),
    };

    private async Task KillAsync(int count)
    {
        var first = RandomNumberGenerator.GetInt32(cluster.Nodes.Count);
        await Task.WhenAll(Enumerable.Range(first, count).Select(async node =>
        {
            await cluster.KillAsync(node % cluster.Nodes.Count);
            await Task.Delay(Milliseconds(0, 700), time);
            await cluster.StartAsync(node % cluster.Nodes.Count);
        }));
    }

    private async Task CrashPostgresAsync()
    {
        await postgres.CrashAndRestartAsync();
        Restarts++;
    }

    private static TimeSpan Milliseconds(int from, int to) => TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(from, to));
}
