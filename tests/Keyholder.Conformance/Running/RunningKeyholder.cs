using Walkthrough.Servers;

namespace Keyholder.Conformance.Running;

/// <summary>The real binary with the demo upstream and a third-party MCP server behind it, shared by every test of the collection.</summary>
public sealed class RunningKeyholder : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyholder-conformance-");
    private ServerProcess? _everything;
    private DemoEnvironment? _demo;

    public DemoEnvironment Demo => _demo!;

    /// <summary>Where the database, its journal and the key lie.</summary>
    public string DataFolder => _folder.FullName;

    public async ValueTask InitializeAsync()
    {
        var everything = new Uri($"http://localhost:{FreePort.Find()}");
        _everything = await ServerProcess.StartAsync(
            Repository.Node,
            [Path.Combine(Repository.Clients, "node_modules", "@modelcontextprotocol", "server-everything", "dist", "index.js"), "streamableHttp"],
            [new("PORT", everything.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))],
            everything,
            acceptAnyStatus: true,
            TestContext.Current.CancellationToken);
        _demo = await DemoEnvironment.StartAsync(
            new DemoEnvironmentOptions
            {
                DataFolder = DataFolder,
                OpenResources = new Dictionary<string, Uri> { ["everything"] = new(everything, "/mcp") },
            },
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        if (_everything is not null)
        {
            await _everything.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }
}
