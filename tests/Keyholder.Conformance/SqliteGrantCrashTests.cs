using System.Diagnostics;
using Keyholder.Conformance.Running;

namespace Keyholder.Conformance;

/// <summary>A server on SQLite is killed at moments spread over a grant change, and what is found afterwards is all of the change or nothing of it.</summary>
public sealed class SqliteGrantCrashTests
{
    private const int Kills = 12;

#pragma warning disable RS0030 // Processes run on the real clock.
    private static TimeProvider Time => TimeProvider.System;
#pragma warning restore RS0030

    [Fact]
    public async Task A_server_killed_at_any_moment_of_a_grant_change_has_made_all_of_it_or_nothing_on_SQLite()
    {
        await using var key = await GrantedKey.StartAsync(_ => []);
        await key.RestartAsync();
        var granted = await key.ShouldBeConsistentAsync();
        var began = Stopwatch.GetTimestamp();
        (await key.ChangeAsync(!granted)).ShouldBeTrue();
        var duration = Stopwatch.GetElapsedTime(began);
        granted = await key.ShouldBeConsistentAsync();
        var cut = 0;

        for (var kill = 1; kill <= Kills; kill++)
        {
            var change = key.ChangeAsync(!granted);
            await Task.Delay(duration * kill / Kills, Time, TestContext.Current.CancellationToken);
            key.Kill();
            cut += await change ? 0 : 1;
            await key.RestartAsync();
            granted = await key.ShouldBeConsistentAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{duration.TotalMilliseconds:0} ms; {cut} of {Kills} kills came before the answer");
        cut.ShouldBeGreaterThan(0);
    }
}
