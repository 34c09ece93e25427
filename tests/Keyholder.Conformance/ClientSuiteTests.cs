using System.Collections.Concurrent;
using System.Diagnostics;
using Keyholder.Conformance.Running;
using Walkthrough.Servers;

namespace Keyholder.Conformance;

/// <summary>The MCP conformance suite's auth scenarios for clients, with Keyholder as the OAuth client: it is told nothing but the URL of the suite's server.</summary>
public sealed class ClientSuiteTests
{
    private const int AtOnce = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // The rest of the suite is about grants without a person (client credentials, workload identity) and DPoP, which upstream legs do not use.
    private static readonly string[] Scenarios =
    [
        "auth/metadata-default", "auth/metadata-var1", "auth/metadata-var2", "auth/metadata-var3", "auth/basic-cimd",
        "auth/scope-from-www-authenticate", "auth/scope-from-scopes-supported", "auth/scope-omitted-when-undefined", "auth/scope-step-up", "auth/scope-retry-limit",
        "auth/token-endpoint-auth-basic", "auth/token-endpoint-auth-post", "auth/token-endpoint-auth-none", "auth/pre-registration",
        "auth/2025-03-26-oauth-metadata-backcompat", "auth/2025-03-26-oauth-endpoint-fallback",
        "auth/resource-mismatch", "auth/metadata-issuer-mismatch", "auth/authorization-server-migration",
        "auth/offline-access-scope", "auth/offline-access-not-supported",
        "auth/iss-supported", "auth/iss-not-advertised", "auth/iss-supported-missing", "auth/iss-wrong-issuer", "auth/iss-unexpected", "auth/iss-normalized",
    ];

    [Fact]
    public async Task Every_scenario_for_clients_finds_Keyholder_a_good_client_of_remote_servers()
    {
        var failures = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(
            Scenarios,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (scenario, cancellationToken) =>
            {
                var (exitCode, output) = await RunAsync(scenario, cancellationToken);
                if (exitCode != 0 || output.Contains(" WARNING", StringComparison.Ordinal) || !output.Contains("0 failed, 0 warnings", StringComparison.Ordinal))
                {
                    failures[scenario] = output;
                }
            });

        failures.ShouldBeEmpty(string.Join('\n', failures.Values));
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string scenario, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(
            Repository.Node,
            [
                Path.Combine(Repository.Clients, "node_modules", "@modelcontextprotocol", "conformance", "dist", "index.js"),
                "client",
                "--command", $"{Repository.Node} {Path.Combine(Repository.Clients, "upstream.mjs")}",
                "--scenario", scenario,
                "--timeout", "90000",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Clients,
        };
        start.Environment["KEYHOLDER_BINARY"] = DemoEnvironment.Binary("Keyholder.Server", "keyholder");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var suite = Process.Start(start)!;
        await using var kill = limit.Token.Register(() => suite.Kill(entireProcessTree: true));
        var error = suite.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = await suite.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await suite.WaitForExitAsync(CancellationToken.None);
        return (suite.ExitCode, $"{scenario}\n{output}{await error}");
    }
}
