using System.Net;
using System.Text.Json.Nodes;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Vault;
using Keyholder.Upstream;
using Keyholder.Upstream.Discovery;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream.Discovery;

/// <summary>A remote MCP server with an authorization server of its own, behind a scripted transport, whose every answer a test can bend.</summary>
internal sealed class RemoteServer : IAsyncDisposable
{
    public const string Url = "https://mcp.remote.example/mcp";
    public const string Issuer = "https://as.remote.example";
    public const string Callback = "https://keys.example/callback/remote";
    private readonly Dictionary<string, Func<ScriptedRequest, HttpResponseMessage>> _routes = [];
    private int _registrations;

    private RemoteServer(ManualTimeProvider time, SqliteStorage storage)
    {
        Time = time;
        Storage = storage;
        Trusted = new ScriptedHandler(Answer);
        Guarded = new ScriptedHandler(Answer);
        Http = new GuardedHttp(Options, Trusted, Guarded, time);
        Client = NewNode();
        On(Url, _ => Challenge($"""Bearer resource_metadata="https://mcp.remote.example/.well-known/oauth-protected-resource/mcp", scope="read" """));
        On("https://mcp.remote.example/.well-known/oauth-protected-resource/mcp", _ => Json(ResourceMetadata));
        On(Issuer + "/.well-known/oauth-authorization-server", _ => Json(ServerMetadata));
        On(Issuer + "/register", _ => ScriptedHandler.Json(
            $$"""{"client_id":"dyn-{{Interlocked.Increment(ref _registrations)}}","client_secret":"canary-secret","token_endpoint_auth_method":"client_secret_basic"}""", HttpStatusCode.Created));
        On(Issuer + "/token", _ => ScriptedHandler.Json("""{"access_token":"at","token_type":"Bearer","refresh_token":"rt","expires_in":3600}"""));
    }

    public ManualTimeProvider Time { get; }

    public SqliteStorage Storage { get; }

    public UpstreamOptions Options { get; } = new();

    public EnvelopeSealer Sealer { get; } = new(VaultKeys.Ring(1));

    /// <summary>What reached the configured origin.</summary>
    public ScriptedHandler Trusted { get; }

    /// <summary>What went through the address check.</summary>
    public ScriptedHandler Guarded { get; }

    public GuardedHttp Http { get; }

    public UpstreamClient Client { get; }

    public JsonObject ResourceMetadata { get; set; } = new()
    {
        ["resource"] = Url,
        ["authorization_servers"] = new JsonArray(Issuer),
        ["scopes_supported"] = new JsonArray("read", "write"),
    };

    public JsonObject ServerMetadata { get; set; } = MetadataOf(Issuer);

    public IReadOnlyList<ScriptedRequest> Requests => [.. Trusted.Requests.Concat(Guarded.Requests)];

    public static async Task<RemoteServer> StartAsync()
    {
        var time = new ManualTimeProvider();
        return new RemoteServer(time, await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, time, default));
    }

    public static JsonObject MetadataOf(string issuer) => new()
    {
        ["issuer"] = issuer,
        ["authorization_endpoint"] = issuer + "/authorize",
        ["token_endpoint"] = issuer + "/token",
        ["registration_endpoint"] = issuer + "/register",
        ["response_types_supported"] = new JsonArray("code"),
        ["code_challenge_methods_supported"] = new JsonArray("S256"),
    };

    /// <summary>The provider the configuration gives a discovered resource.</summary>
    public static Provider Provider(DiscoveryDefinition? discovery = null, string url = Url)
    {
        var problems = new ConfigurationProblems();
        var snapshot = ResourceRules.Build(
            new Issuer("https://keys.example"),
            new Dictionary<string, ResourceDefinition> { ["remote"] = new() { Upstream = url, Auth = ResourceAuthKind.Discovered, Discovery = discovery, AllowInsecureUpstream = true } },
            new Dictionary<string, ProviderDefinition>(),
            problems);
        problems.All.ShouldBeEmpty();
        return snapshot.FindProvider("remote").ShouldNotBeNull();
    }

    /// <summary>A process of its own on the same database.</summary>
    public UpstreamClient NewNode(string home = "https://keys.example", EnvelopeSealer? sealer = null) => new(
        Http,
        Options,
        Time,
        new UpstreamClientRegistrar(
            Http, Storage.UpstreamClients, sealer ?? Sealer, new OwnClient(new Issuer(home)), Time, NullLogger<UpstreamClientRegistrar>.Instance));

    public UpstreamLegs Legs(UpstreamClient? node = null) => new(node ?? Client, Sealer, NullLogger<UpstreamLegs>.Instance);

    public void On(string url, Func<ScriptedRequest, HttpResponseMessage> answer) => _routes[url] = answer;

    public int CountOf(string url) => Requests.Count(r => r.Uri.AbsoluteUri == url);

    public static HttpResponseMessage Challenge(string value)
    {
        var response = ScriptedHandler.Status(HttpStatusCode.Unauthorized);
        response.Headers.TryAddWithoutValidation("WWW-Authenticate", value);
        return response;
    }

    public static HttpResponseMessage Json(JsonObject document) => ScriptedHandler.Json(document.ToJsonString());

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Storage.DisposeAsync();
    }

    private HttpResponseMessage Answer(ScriptedRequest request) =>
        _routes.TryGetValue(request.Uri.AbsoluteUri, out var answer) ? answer(request) : ScriptedHandler.Status(HttpStatusCode.NotFound);
}
