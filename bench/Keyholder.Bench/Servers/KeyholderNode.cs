using System.Text.Json.Nodes;
using Keyholder.Bench.Refresh;
using Walkthrough.Servers;

namespace Keyholder.Bench.Servers;

/// <summary>The configuration of one Keyholder process with one resource and one client, and how to start it.</summary>
internal sealed record KeyholderNode(Uri Url, string ConfigurationFile)
{
    /// <summary>Writes a configuration into a folder.</summary>
    /// <param name="folder">Where the file, the vault key and a SQLite database go. Nodes of one database share it.</param>
    /// <param name="storage">The <c>storage</c> section; null for SQLite.</param>
    public static KeyholderNode Configure(string folder, JsonObject? storage = null)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var authority = url.GetLeftPart(UriPartial.Authority);
        var file = Path.Combine(folder, $"node-{url.Port}.json");
        var configuration = new JsonObject
        {
            ["server"] = new JsonObject { ["publicUrl"] = authority, ["listen"] = new JsonArray(authority) },
            ["storage"] = storage ?? new JsonObject { ["kind"] = "sqlite", ["path"] = Path.Combine(folder, "keyholder.db") },
            ["vault"] = new JsonObject { ["keyFile"] = Path.Combine(folder, "vault.key") },
            ["logging"] = new JsonObject { ["level"] = "warning" },
            ["resources"] = new JsonObject { ["bench"] = new JsonObject { ["upstream"] = "http://127.0.0.1:9/mcp", ["auth"] = "none" } },
            ["clients"] = new JsonObject { [SeededDatabase.ClientId] = new JsonObject { ["redirectUris"] = new JsonArray("http://127.0.0.1/callback") } },
        };
        File.WriteAllText(file, configuration.ToJsonString());
        return new KeyholderNode(url, file);
    }

    /// <summary>Starts the process and waits until it is ready.</summary>
    public Task<ServerProcess> StartAsync() =>
        ServerProcess.StartAsync(DemoEnvironment.Binary("Keyholder.Server", "keyholder"), ["serve", "--config", ConfigurationFile], [], new Uri(Url, "/healthz/ready"), CancellationToken.None);
}
