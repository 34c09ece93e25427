using Walkthrough.Servers;

namespace Keyholder.Conformance.Running;

/// <summary>A PostgreSQL server for one test.</summary>
internal static class Postgres
{
    /// <summary>Starts one. Skips the test where it is not installed; on CI that fails it.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.StartAsync();
        if (server is null && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip("PostgreSQL is not installed (Debian: apt-get install postgresql).");
        }

        return server ?? throw new InvalidOperationException("PostgreSQL is not installed.");
    }
}
