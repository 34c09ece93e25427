using System.Text.Json.Nodes;
using Keyholder.Bench.Refresh;
using Walkthrough.Servers;

namespace Keyholder.Bench.Servers;

/// <summary>The configuration of one Keyholder process with one resource and one client, and how to start it.</summary>
/// <param name="Address">Where the process listens.</param>
/// <param name="PublicUrl">The issuer, which all nodes of a database share; also what the <c>Host</c> header has to name.</param>
/// <param name="ConfigurationFile">The file; the vault key, and a SQLite database, lie beside it.</param>
internal sealed record KeyholderNode(Uri Address, Uri PublicUrl, string ConfigurationFile)
{
    /// <summary>The client that may introspect.</summary>
    public const string Inspector = "inspector";

    /// <summary>Its secret.</summary>
    public const string InspectorSecret = "not-secret-in-a-benchmark";

    /// <summary>Writes a configuration into a folder.</summary>
    /// <param name="folder">Where everything goes.</param>
    /// <param name="storage">The <c>storage</c> section; null for SQLite.</param>
    /// <param name="upstream">Where the resource forwards to; null when nobody calls it.</param>
    /// <param name="revocation">The <c>revocation</c> section; null for the defaults.</param>
    public static KeyholderNode Configure(string folder, JsonObject? storage = null, Uri? upstream = null, JsonObject? revocation = null)
    {
        var url = FreeAddress();
        var configuration = new JsonObject
        {
            ["server"] = new JsonObject { ["publicUrl"] = Authority(url), ["listen"] = new JsonArray(Authority(url)) },
            ["storage"] = storage ?? new JsonObject { ["kind"] = "sqlite", ["path"] = Path.Combine(folder, "keyholder.db") },
            ["vault"] = new JsonObject { ["keyFile"] = Path.Combine(folder, "vault.key") },
            ["revocation"] = revocation ?? [],
            ["logging"] = new JsonObject { ["level"] = "warning" },
            ["resources"] = new JsonObject
            {
                ["bench"] = new JsonObject
                {
                    ["upstream"] = (upstream ?? new Uri("http://127.0.0.1:9/mcp")).AbsoluteUri,
                    ["auth"] = "none",
                    ["scopes"] = new JsonObject { ["mcp:read"] = "Read", ["mcp:write"] = "Write" },
                },
            },
            ["clients"] = new JsonObject
            {
                [SeededDatabase.ClientId] = new JsonObject { ["redirectUris"] = new JsonArray("http://127.0.0.1/callback") },
                [Inspector] = new JsonObject { ["redirectUris"] = new JsonArray("http://127.0.0.1/callback"), ["secret"] = InspectorSecret },
            },
        };
        return Write(folder, url, url, configuration);
    }

    /// <summary>Another node of the same database, vault and issuer.</summary>
    public KeyholderNode ConfigureAnother()
    {
        var configuration = JsonNode.Parse(File.ReadAllText(ConfigurationFile))!.AsObject();
        var url = FreeAddress();
        configuration["server"]!["listen"] = new JsonArray(Authority(url));
        return Write(Path.GetDirectoryName(ConfigurationFile)!, url, PublicUrl, configuration);
    }

    /// <summary>Starts the process and waits until it is ready.</summary>
    public Task<ServerProcess> StartAsync() =>
        ServerProcess.StartAsync(DemoEnvironment.Binary("Keyholder.Server", "keyholder"), ["serve", "--config", ConfigurationFile], [], new Uri(Address, "/healthz/ready"), CancellationToken.None);

    private static KeyholderNode Write(string folder, Uri address, Uri publicUrl, JsonObject configuration)
    {
        var file = Path.Combine(folder, $"node-{address.Port}.json");
        File.WriteAllText(file, configuration.ToJsonString());
        return new KeyholderNode(address, publicUrl, file);
    }

    private static Uri FreeAddress() => new($"http://127.0.0.1:{FreePort.Find()}");

    private static string Authority(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
