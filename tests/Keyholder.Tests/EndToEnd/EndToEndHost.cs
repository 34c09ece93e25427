using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DemoUpstream;
using DemoUpstream.Control;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Endpoints.Authorization;
using Keyholder.Tests.Testing;
using Keyholder.Users;
using Keyholder.Vault;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.EndToEnd;

/// <summary>The whole server with nothing replaced, the demo upstream behind it on a real port, and one clock for both.</summary>
internal sealed class EndToEndHost : IAsyncDisposable
{
    public const string Issuer = AuthorizationHost.Issuer;
    public const string Password = AuthorizationHost.Password;
    public const string VaultKey = "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LTEyMzQ=";

    private readonly HttpClient _outside = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    private EndToEndHost(KeyholderHost server, DemoUpstreamApp upstream)
    {
        (Server, Upstream) = (server, upstream);
        Http = new HttpClient(new RecordingHandler(Answers, server.CreateHandler())) { BaseAddress = new Uri(Issuer) };
    }

    public KeyholderHost Server { get; }

    public DemoUpstreamApp Upstream { get; }

    /// <summary>Connections of MCP clients; every answer is kept in <see cref="Answers"/>.</summary>
    public HttpClient Http { get; }

    /// <summary>Every answer of Keyholder that was read to its end, by what was asked.</summary>
    public ConcurrentQueue<RecordedAnswer> Answers { get; } = new();

    public ManualTimeProvider Time => Server.Time;

    /// <summary>What an operator would see: Keyholder's own lines at every level, the framework's from Warning up.</summary>
    public IEnumerable<string> VisibleLogs =>
        Server.Logs.Lines.Where(line => line.Split(' ')[1].StartsWith("Keyholder.", StringComparison.Ordinal) || !line.StartsWith("Trace", StringComparison.Ordinal)
            && !line.StartsWith("Debug", StringComparison.Ordinal) && !line.StartsWith("Information", StringComparison.Ordinal));

    /// <summary>Starts both. Resources: <c>mail</c> and <c>files</c> (each person's own account at one provider), <c>diary</c> (an account for one session), <c>open</c>, <c>keyed</c>, <c>hasty</c>, which waits a second for its upstream, and <c>lost</c>, which has none.</summary>
    /// <param name="database">The database file; null for storage in memory.</param>
    /// <param name="options">How the upstream starts.</param>
    /// <param name="settings">More configuration, as environment variables.</param>
    /// <param name="configurationFile">Where the configuration is written to; the server follows it. Null = it cannot be changed.</param>
    public static async Task<EndToEndHost> StartAsync(
        string? database = null, DemoUpstreamOptions? options = null, IReadOnlyDictionary<string, string>? settings = null, string? configurationFile = null)
    {
        var time = new ManualTimeProvider();
        options ??= new DemoUpstreamOptions();
        options.RedirectUris = [Issuer + "/upstream/callback"];
        var upstream = await DemoUpstreamApp.StartAsync(options, time, CancellationToken.None);
        var environment = new Dictionary<string, string> { ["KEYHOLDER__storage__kind"] = database is null ? "memory" : "sqlite", ["KEYHOLDER__storage__path"] = database ?? "unused" };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            environment[name] = value;
        }

        var parsed = await LoadAsync(Configuration(upstream.BaseAddress), configurationFile, environment);
        var host = new EndToEndHost(
            await KeyholderHost.StartAsync(
                defaults => parsed.Configuration! with { Revocation = defaults.Revocation },
                services => services.AddConfigurationReload(parsed, environment),
                time),
            upstream);
        foreach (var name in new[] { "person1", "person2" })
        {
            (await host.Get<LocalUserService>().AddAsync(name, Password, null, "system", CancellationToken.None)).ShouldBe(LocalUserOutcome.Done);
        }

        return host;
    }

    public T Get<T>()
        where T : notnull => Server.Services.GetRequiredService<T>();

    public Browser CreateBrowser() => new(new BrowserCookies(new RecordingHandler(Answers, Server.CreateHandler())));

    /// <summary>Registers a client, signs a person in, approves, connects the account where that is asked, and redeems the code.</summary>
    public async Task<ConnectedClient> ConnectAsync(string resource = "mail", string user = "person1", string account = "demo-account-1")
    {
        var client = await ConnectedClient.RegisterAsync(this, resource, user, account);
        await client.AuthorizeAsync();
        return client;
    }

    /// <summary>Follows a redirect to the provider, where <paramref name="account"/> approves at once, and returns the callback's path and query.</summary>
    public async Task<string> VisitProviderAsync(string location, string account)
    {
        location.ShouldStartWith(Upstream.BaseAddress + "/");
        using var answer = await _outside.GetAsync(location + "&login_hint=" + account);
        var back = answer.Headers.Location.ShouldNotBeNull().OriginalString;
        back.ShouldStartWith(Issuer + "/upstream/callback?");
        return back[Issuer.Length..];
    }

    public async Task<StoredCredential?> FindCredentialAsync(string user)
    {
        var found = (await Get<IUserStore>().FindLocalAsync(user, CancellationToken.None)).ShouldNotBeNull().User;
        return (await Get<CredentialVault>().FindAsync(new CredentialKey(CredentialOwner.Of(Subject.User(found.Id)), "demo"), CancellationToken.None)).Row;
    }

    /// <summary>Waits for what another thread is about to do; fails when it does not.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            patience.IsCancellationRequested.ShouldBeFalse("It never happened.");
            await Task.Yield();
        }
    }

    /// <summary>Lets the upstream fail in one way.</summary>
    public void Misbehave(Func<DemoUpstreamSwitches, DemoUpstreamSwitches> change) => Upstream.Switches = change(Upstream.Switches);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _outside.Dispose();
        await Server.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    private static async Task<ConfigurationResult> LoadAsync(string json, string? file, Dictionary<string, string> environment)
    {
        if (file is not null)
        {
            await File.WriteAllTextAsync(file, json);
        }

        var parsed = file is null ? ConfigurationLoader.Parse(json, environment) : ConfigurationLoader.Load(file, environment);
        parsed.Problems.ShouldBeEmpty();
        return parsed;
    }

    private static string Configuration(string upstream)
    {
        return new JsonObject
        {
            ["vault"] = new JsonObject { ["keys"] = new JsonArray("canary:" + VaultKey) },
            ["providers"] = new JsonObject
            {
                ["demo"] = new JsonObject
                {
                    ["kind"] = "oidc",
                    ["issuer"] = upstream,
                    ["clientId"] = "demo-client",
                    ["clientSecret"] = "demo-client-secret",
                    ["scopes"] = new JsonArray("mcp"),
                },
                ["lent"] = new JsonObject
                {
                    ["kind"] = "oidc",
                    ["issuer"] = upstream,
                    ["clientId"] = "demo-client",
                    ["clientSecret"] = "demo-client-secret",
                    ["scopes"] = new JsonArray("mcp"),
                    ["owner"] = "session",
                },
            },
            ["resources"] = new JsonObject
            {
                ["mail"] = Resource("mail", "/mcp", "userOAuth"),
                ["files"] = Resource("files", "/mcp", "userOAuth"),
                ["diary"] = new JsonObject { ["upstream"] = upstream + "/mcp", ["auth"] = "userOAuth", ["provider"] = "lent" },
                ["open"] = Resource("open", "/open/mcp", "none"),
                ["hasty"] = Resource("hasty", "/mcp", "userOAuth"),
                ["keyed"] = Resource("keyed", "/keyed/mcp", "staticHeaders"),
                ["lost"] = new JsonObject { ["upstream"] = "http://127.0.0.1:1/mcp", ["auth"] = "userOAuth", ["provider"] = "demo" },
            },
        }.ToJsonString();

        JsonObject Resource(string name, string path, string auth)
        {
            var resource = new JsonObject { ["upstream"] = upstream + path, ["auth"] = auth, ["activityTimeout"] = name == "hasty" ? "1s" : "1m" };
            if (auth == "userOAuth")
            {
                resource["provider"] = "demo";
            }
            else if (auth == "staticHeaders")
            {
                resource["headers"] = new JsonObject { ["X-Api-Key"] = "demo-api-key" };
            }

            return resource;
        }
    }
}
