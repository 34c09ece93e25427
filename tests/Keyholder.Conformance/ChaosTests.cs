using System.Text.RegularExpressions;
using Keyholder.Conformance.Running;
using Walkthrough.Servers;

namespace Keyholder.Conformance;

/// <summary>A short run of <c>bench/run chaos</c>: three nodes and PostgreSQL are killed under load, and what the clients saw is judged.</summary>
public sealed partial class ChaosTests
{
    [Fact]
    public async Task Nodes_and_database_that_crash_under_load_lose_no_session_fork_none_and_revive_none()
    {
        // The run brings its own server; this one only says whether it can.
        await (await Postgres.StartAsync()).DisposeAsync();

        var report = await ServerProcess.RunAsync(
            DemoEnvironment.Binary("Keyholder.Bench"), ["chaos", "--seconds", "15", "--clients", "60"], [], "", TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(report);
        report.TrimEnd().Split('\n')[^1].ShouldMatch(Verdict().ToString());
    }

    [GeneratedRegex(@"^killed=[1-9]\d* restarts=[1-9]\d* refreshes=[1-9]\d{2,} lost=0 forked=0 usable_after_revocation=0$")]
    private static partial Regex Verdict();
}
